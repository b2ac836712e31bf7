//! Exclusive keys, in calls at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lro_store::{
    Creation, FailureCode, Interruption, OnConflict, OperationName, Record, StateKind, Store, StoreExt, View,
};

use super::race::{TASKS, all, stores, together};
use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    APPLIED, claim, claimed, code, create, exclusive, fence, finish, get, live, operation, release,
};

pub(crate) async fn abort_lets_one_through<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..H::RACE_ROUNDS {
        let answers = together(&stores, TASKS, |store, number| async move {
            let new = operation(&format!("{round}-{number}"));
            store.create_one(exclusive(new, &round.to_string(), OnConflict::Abort)).await.unwrap()
        });
        let answers = answers.await;
        let created: Vec<OperationName> =
            answers.iter().filter_map(|answer| Some(answer.clone().created()?.name().clone())).collect();
        assert_eq!(created.len(), 1, "{answers:?}");
        let held = answers.iter().filter(|answer| **answer == Creation::KeyHeld(created[0].clone())).count();
        assert_eq!(held, TASKS - 1, "{answers:?}");
    }
}

pub(crate) async fn a_queue_never_runs_two<H: Harness>(fixture: &mut Fixture<H>) {
    /// How many operations each task adds.
    const EACH: usize = 25;
    let stores = stores(fixture).await;
    let (running, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(TASKS * EACH)));
    together(&stores, TASKS, |store, number| {
        let (running, left) = (Arc::clone(&running), Arc::clone(&left));
        async move {
            let id = format!("w{number}");
            let run = async |view: View| {
                let others = running.fetch_add(1, Ordering::SeqCst);
                if others > 0 {
                    // The other tasks need not go on.
                    left.store(0, Ordering::SeqCst);
                }
                assert_eq!(others, 0, "{} is not alone", view.name());
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                assert_eq!(finish(&store, &fence(&view), "ok").await, APPLIED);
                assert!(store.delete_one(view.name()).await.unwrap());
                let _ = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            };
            live(&store, &id).await;
            for round in 0..EACH {
                let new = exclusive(claimed(&format!("{number}-{round}"), &id), "k", OnConflict::Queue);
                let view = create(&store, new).await;
                if view.kind() == StateKind::Running {
                    run(view).await;
                }
                for record in claim(&store, &id, 1).await {
                    run(record.view).await;
                }
            }
            while left.load(Ordering::SeqCst) > 0 {
                for record in claim(&store, &id, 1).await {
                    run(record.view).await;
                }
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    assert!(all(&stores[0]).await.is_empty());
}

pub(crate) async fn of_those_that_preempt_each_other_one_is_left<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    live(&stores[0], "w").await;
    for round in 0..H::RACE_ROUNDS {
        let new = move |id: &str| {
            exclusive(claimed(&format!("{round}-{id}"), "w"), &round.to_string(), OnConflict::Preempt)
        };
        let first = fence(&create(&stores[0], new("first")).await);
        together(&stores, TASKS, |store, number| async move {
            create(&store, new(&number.to_string())).await;
        })
        .await;
        let mut left: Vec<View> = Vec::new();
        for number in 0..TASKS {
            let view = get(&stores[0], &format!("{round}-{number}")).await;
            if view.is_done() {
                assert_eq!(code(&view), Some(FailureCode::ABORTED));
            } else {
                left.push(view);
            }
        }
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!((left[0].kind(), left[0].stop()), (StateKind::Queued, None), "the first has not stopped");
        assert!(claim(&stores[1], "w", 10).await.is_empty());
        release(&stores[1], &first, Interruption::begun()).await;
        let next = claim(&stores[0], "w", 10).await;
        assert_eq!(next.iter().map(Record::name).collect::<Vec<_>>(), [left[0].name()]);
        assert!(finish(&stores[0], &fence(&next[0].view), "ok").await.is_applied());
        let names = all(&stores[0]).await.iter().map(|view| view.name().clone()).collect();
        stores[0].delete(names).await.unwrap();
    }
}
