//! Leases and what they protect, in calls at the same time.

use std::collections::BTreeSet;
use std::future::Future;

use lro_store::{
    Attempt, Interruption, ListQuery, ParentPattern, Report, StateKind, Store, StoreExt, WriteResult,
};

use super::race::{stores, together};
use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    APPLIED, LEASE, begin, claim, claimed, create, finish, get, held, live, name, operation, pass, payload,
    reclaim, release, request_key, requested, worker,
};

pub(crate) async fn what_ends_is_not_taken_back<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let (id, dead) = (round.to_string(), format!("dead-{round}"));
        let right = begin(&stores[0], &id, &dead).await;
        pass(&*stores[0], &fixture.clock, LEASE, &["elder"]).await;
        let answers = together(&stores, 2, |store, number| {
            let right = right.clone();
            async move {
                if number == 0 {
                    return (Some(finish(&store, &right, "ok").await), 0);
                }
                (None, reclaim(&store, "elder").await)
            }
        });
        let answers = answers.await;
        let view = get(&stores[0], &id).await;
        match &answers[0].0 {
            Some(APPLIED) => assert_eq!((view.kind(), answers[1].1), (StateKind::Done, 0)),
            Some(WriteResult::Lost) => assert_eq!((view.kind(), answers[1].1), (StateKind::Queued, 1)),
            other => panic!("{other:?}"),
        }
        stores[0].delete_one(&name(&id)).await.unwrap();
    }
}

pub(crate) async fn a_sign_of_life_is_in_time_or_too_late<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let (id, slow) = (round.to_string(), format!("slow-{round}"));
        let right = begin(&stores[0], &id, &slow).await;
        pass(&*stores[0], &fixture.clock, LEASE, &["elder"]).await;
        let answers = together(&stores, 2, |store, number| {
            let slow = worker(&slow);
            async move {
                if number == 0 {
                    return store.keep_alive(&slow, LEASE).await.unwrap().alive;
                }
                reclaim(&store, "elder").await > 0
            }
        });
        let answers = answers.await;
        let (alive, taken) = (answers[0], answers[1]);
        assert_ne!(alive, taken, "it is alive or it has lost its work");
        let expected = if alive { APPLIED } else { WriteResult::Lost };
        assert_eq!(finish(&stores[0], &right, "ok").await, expected);
        stores[0].delete_one(&name(&id)).await.unwrap();
    }
}

pub(crate) async fn what_is_lost_is_taken_back_once<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        for number in 0..10 {
            begin(&stores[0], &format!("{round}-{number}"), &format!("dead-{round}-{}", number % 3)).await;
        }
        pass(&*stores[0], &fixture.clock, LEASE, &["0", "1", "2", "3"]).await;
        let counts =
            together(&stores, 4, |store, number| async move { reclaim(&store, &number.to_string()).await });
        let count: usize = counts.await.iter().sum();
        let rest = reclaim(&*stores[0], "0").await;
        assert_eq!(count + rest, 10);
        let records = claim(&*stores[0], "0", 20).await;
        assert_eq!(records.len(), 10);
        assert!(records.iter().all(|record| record.view.last_attempt() == Attempt::new(2)));
        let names = records.iter().map(|record| record.name().clone()).collect();
        stores[0].delete(names).await.unwrap();
    }
}

pub(crate) async fn who_leaves_is_left_with_nothing<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let id = format!("w{round}");
        live(&stores[0], &id).await;
        let batch = (0..10).map(|number| operation(&format!("{round}-{number}"))).collect();
        stores[0].create(batch).await.unwrap();
        together(&stores, 4, |store, number| {
            let id = id.clone();
            async move {
                match number {
                    0 => drop(store.leave(&worker(&id)).await.unwrap()),
                    1 => {
                        create(&store, claimed(&format!("{round}-new"), &id)).await;
                    }
                    _ => {
                        for _ in 0..4 {
                            claim(&store, &id, 1).await;
                        }
                    }
                }
            }
        })
        .await;
        assert!(held(&*stores[0], &id).await.is_empty(), "nothing may be given to it after it has left");
        live(&stores[0], "heir").await;
        let heirloom: BTreeSet<_> =
            claim(&*stores[1], "heir", 20).await.iter().map(|record| record.name().clone()).collect();
        assert_eq!(heirloom.len(), 11);
        stores[0].delete(heirloom.into_iter().collect()).await.unwrap();
    }
}

pub(crate) async fn a_release_and_an_end_agree<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let id = round.to_string();
        let right = begin(&stores[0], &id, "w").await;
        let answers = together(&stores, 2, |store, number| {
            let right = right.clone();
            async move {
                match number {
                    0 => finish(&store, &right, "ok").await,
                    _ => release(&store, &right, Interruption::begun()).await,
                }
            }
        });
        let answers = answers.await;
        let kind = get(&stores[0], &id).await.kind();
        let expected =
            if kind == StateKind::Done { [APPLIED, WriteResult::Done] } else { [WriteResult::Lost, APPLIED] };
        assert_eq!(answers, expected);
        stores[0].delete_one(&name(&id)).await.unwrap();
    }
}

pub(crate) async fn pages_meet_everything_once_while_others_write<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for number in 0..30 {
        create(&stores[0], operation(&format!("old-{number:02}"))).await;
        if number % 3 == 0 {
            fixture.clock.advance(crate::suite::support::MICRO);
        }
    }
    let lists = together(&stores, 4, |store, number| async move {
        let mut old = Vec::new();
        for round in 0..H::RACE_ROUNDS {
            if number == 0 {
                let id = format!("new-{round}");
                create(&store, operation(&id)).await;
                store.delete_one(&name(&format!("new-{}", round / 2))).await.unwrap();
                continue;
            }
            let mut query = ListQuery::new(ParentPattern::all(), number);
            old.clear();
            loop {
                let page = store.list(&query).await.unwrap();
                old.extend(
                    page.views
                        .iter()
                        .map(|view| view.name().id().to_owned())
                        .filter(|id| id.starts_with("old")),
                );
                query.after = page.next;
                tokio::task::yield_now().await;
                if query.after.is_none() {
                    break;
                }
            }
            let distinct: BTreeSet<_> = old.iter().collect();
            assert_eq!((old.len(), distinct.len()), (30, 30));
        }
        old
    });
    let lists = lists.await;
    assert!(lists[1] == lists[2] && lists[2] == lists[3], "the order is always the same");
}

pub(crate) async fn a_call_that_is_dropped_is_whole_or_absent<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    let store = &*stores[0];
    live(store, "w").await;
    for round in 0..H::RACE_ROUNDS * 2 {
        let id = round.to_string();
        let new = || requested(claimed(&id, "w"), &id);
        give_up(round, store.create(vec![new()])).await;
        match store.create_one(new()).await.unwrap() {
            lro_store::Creation::Created(_) | lro_store::Creation::Repeated(_) => {}
            half => panic!("{half:?}"),
        }
        let right = crate::suite::support::fence(&get(store, &id).await);
        let report = Report::new(right.clone()).metadata(payload("1")).checkpoint(payload("1"));
        give_up(round, store.report(vec![report])).await;
        let read = store.find_by_request(&request_key(&id)).await.unwrap().unwrap();
        assert_eq!(read.view.metadata(), read.checkpoint.as_ref());

        give_up(round, store.release(vec![lro_store::Release::new(right.clone(), Interruption::begun())]))
            .await;
        let again = release(store, &right, Interruption::begun()).await;
        assert!(matches!(again, APPLIED | WriteResult::Lost), "{again:?}");
        let claim_all = lro_store::Claim::new(worker("w"), 10).method(crate::suite::support::METHOD, 10);
        give_up(round, store.claim(&claim_all)).await;
        claim(store, "w", 10).await;
        let running = held(store, "w").await;
        assert_eq!(running.len(), 1, "who has lost the answer finds what it was given");
        give_up(
            round,
            store.finish(vec![lro_store::Finish::new(
                running[0].clone(),
                crate::suite::support::response("ok"),
            )]),
        )
        .await;
        let again = finish(store, &running[0], "ok").await;
        assert!(matches!(again, APPLIED | WriteResult::Done), "{again:?}");
        assert!(get(store, &id).await.is_done());
    }
}

/// Begins a call and drops it, each time a little later.
async fn give_up<T>(round: usize, call: impl Future<Output = T>) {
    let mut call = std::pin::pin!(call);
    for _ in 0..=round {
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context))).await;
        if polled.is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}
