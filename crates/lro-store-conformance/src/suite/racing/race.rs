//! Calls at the same time, over two stores on the same data.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use lro_store::{
    Creation, FailureCode, ListQuery, ParentPattern, Record, Report, Store, StoreExt, View, WriteResult,
};
use tokio::sync::Barrier;

use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    APPLIED, MICRO, begin, claim, code, create, ended_names, expire_all, fence, finish, get, list, live,
    name, operation, payload, report, requested, response, worker,
};

/// How many take part.
pub(super) const TASKS: usize = 6;

/// Two stores on the data.
pub(super) async fn stores<H: Harness>(fixture: &Fixture<H>) -> [Arc<H::Store>; 2] {
    [Arc::new(fixture.connect().await), Arc::new(fixture.connect().await)]
}

/// Runs tasks that begin at the same time, each over one of the stores; what they return, in their order.
pub(super) async fn together<S: Store, T, F>(
    stores: &[Arc<S>; 2],
    count: usize,
    task: impl Fn(Arc<S>, usize) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let spawn = |number: usize| {
        let (barrier, work) = (Arc::clone(&barrier), task(Arc::clone(&stores[number % 2]), number));
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    };
    let tasks: Vec<_> = (0..count).map(spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
    }
    results
}

/// All operations that exist.
pub(super) async fn all(store: &impl Store) -> Vec<View> {
    list(store, &ListQuery::new(ParentPattern::all(), 1_000)).await
}

pub(crate) async fn each_operation_is_claimed_once<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let batch = (0..40).map(|number| operation(&format!("{round}-{number}"))).collect();
        stores[0].create(batch).await.unwrap();
        let claims = together(&stores, TASKS, |store, number| async move {
            let id = number.to_string();
            live(&store, &id).await;
            let mut records: Vec<Record> = Vec::new();
            for limit in [1, 7, 2, 10] {
                records.extend(claim(&store, &id, limit).await);
            }
            records
        });
        let mut records: Vec<Record> = claims.await.into_iter().flatten().collect();
        live(&stores[0], "rest").await;
        records.extend(claim(&stores[0], "rest", 100).await);
        let names: BTreeSet<_> = records.iter().map(Record::name).collect();
        assert_eq!((records.len(), names.len()), (40, 40));
        assert!(records.iter().all(|record| record.view.attempts() == 1));
        stores[0].delete(names.into_iter().cloned().collect()).await.unwrap();
    }
}

pub(crate) async fn equal_requests_start_one_operation<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let answers = together(&stores, TASKS, |store, number| async move {
            let new =
                |id: usize| requested(operation(&format!("{round}-{number}-{id}")), &format!("{round}-{id}"));
            store.create(vec![new(1), new(2)]).await.unwrap()
        });
        let answers = answers.await;
        for item in 0..2 {
            let mut created = BTreeSet::new();
            let mut named = BTreeSet::new();
            for answer in answers.iter().map(|answers| &answers[item]) {
                match answer {
                    Creation::Created(new) => {
                        created.insert(new.view.name().clone());
                        named.insert(new.view.name().clone());
                    }
                    Creation::Repeated(first) => {
                        named.insert(first.name().clone());
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!((created.len(), &created), (1, &named), "all learn of the same one");
        }
    }
    assert_eq!(all(&stores[0]).await.len(), 2 * H::RACE_ROUNDS);
}

pub(crate) async fn a_name_is_given_once<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let answers = together(&stores, TASKS, |store, number| async move {
            let new = requested(operation(&round.to_string()), &format!("{round}-{number}"));
            store.create_one(new).await.unwrap()
        });
        let answers = answers.await;
        let created = answers.iter().filter(|answer| matches!(answer, Creation::Created(_))).count();
        let taken = answers.iter().filter(|answer| **answer == Creation::NameTaken).count();
        assert_eq!((created, taken), (1, TASKS - 1));
    }
}

pub(crate) async fn one_outcome_is_committed<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let right = begin(&stores[0], &round.to_string(), "w").await;
        let answers = together(&stores, TASKS, |store, number| {
            let right = right.clone();
            async move { finish(&store, &right, &number.to_string()).await }
        });
        let answers = answers.await;
        let winners: Vec<_> = (0..TASKS).filter(|number| answers[*number] == APPLIED).collect();
        let late = answers.iter().filter(|answer| **answer == WriteResult::Done).count();
        assert_eq!((winners.len(), late), (1, TASKS - 1));
        let expected = response(&winners[0].to_string());
        assert_eq!(get(&stores[1], &round.to_string()).await.outcome(), Some(&expected));
    }
}

pub(crate) async fn the_end_by_a_deadline_is_told_once<H: Harness>(fixture: &mut Fixture<H>) {
    const OPERATIONS: usize = 5;
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        for number in 0..OPERATIONS {
            create(&stores[0], operation(&format!("{round}-{number}")).with_deadline(MICRO)).await;
        }
        fixture.clock.advance(MICRO);
        let sweeps = together(&stores, TASKS, |store, _| async move { expire_all(&store, 2).await });
        let told = ended_names(sweeps.await.iter().flatten());
        let expected: Vec<_> = (0..OPERATIONS).map(|number| format!("{round}-{number}")).collect();
        assert_eq!(told, expected, "each of them by one of those who look");
    }
}

pub(crate) async fn a_claim_and_a_cancel_agree<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    live(&stores[0], "w").await;
    for round in 0..H::RACE_ROUNDS {
        let id = round.to_string();
        create(&stores[0], operation(&id)).await;
        let claimed = together(&stores, 2, |store, number| {
            let id = id.clone();
            async move {
                if number == 0 {
                    return claim(&store, "w", 1).await.pop();
                }
                assert!(store.request_cancel_one(&name(&id)).await.unwrap());
                None
            }
        });
        let claimed = claimed.await.remove(0);
        let view = get(&stores[0], &id).await;
        match claimed {
            None => assert_eq!((code(&view), view.attempts()), (Some(FailureCode::CANCELLED), 0)),
            Some(record) => {
                assert_eq!(view.stop(), Some(&lro_store::StopReason::Cancelled));
                assert_eq!(finish(&stores[1], &fence(&record.view), "ok").await, APPLIED);
            }
        }
    }
}

pub(crate) async fn a_cancel_takes_no_right_to_write<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let right = begin(&stores[0], &round.to_string(), "w").await;
        let answers = together(&stores, 3, |store, number| {
            let right = right.clone();
            async move {
                let half = Report::new(right.clone()).checkpoint(payload("half"));
                match number {
                    0 => report(&store, half).await,
                    1 => {
                        assert!(store.request_cancel_one(&right.name).await.unwrap());
                        APPLIED
                    }
                    _ if round % 2 == 0 => report(&store, half).await,
                    _ => finish(&store, &right, "ok").await,
                }
            }
        });
        let answers = answers.await;
        let is_ended = round % 2 == 1;
        let reported = &answers[0];
        assert!(reported.is_applied() || (is_ended && *reported == WriteResult::Done), "{reported:?}");
        assert!(answers[2].is_applied(), "{:?}", answers[2]);
        if !is_ended {
            assert_eq!(finish(&stores[1], &right, "ok").await, APPLIED);
        }
        assert_eq!(get(&stores[0], &round.to_string()).await.outcome(), Some(&response("ok")));
    }
}

pub(crate) async fn a_deletion_and_an_end_agree<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let id = round.to_string();
        let right = begin(&stores[0], &id, "w").await;
        let answers = together(&stores, 2, |store, number| {
            let right = right.clone();
            async move {
                if number == 0 {
                    return Some(finish(&store, &right, "ok").await);
                }
                assert!(store.delete_one(&right.name).await.unwrap());
                None
            }
        });
        let answer = answers.await.remove(0);
        assert!(matches!(answer, Some(APPLIED | WriteResult::Deleted)), "{answer:?}");
        assert_eq!(stores[0].get_one(&right.name).await.unwrap(), None);
    }
    assert!(stores[0].held(&worker("w"), None, 10).await.unwrap().is_empty());
}
