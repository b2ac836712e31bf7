//! Exclusive keys, in calls at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lro_store::{
    Creation, FailureCode, Interruption, OnConflict, OperationName, Record, StateKind, StoreExt, View,
};

use super::race::{ROUNDS, TASKS, all, stores, together};
use super::support::{
    APPLIED, claim, claimed, code, create, exclusive, fence, finish, get, live, operation, release,
};
use crate::Harness;
use crate::run::Fixture;

pub(crate) async fn abort_lets_one_through<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    for round in 0..ROUNDS {
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
    let stores = stores(fixture).await;
    let (running, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    together(&stores, TASKS, |store, number| {
        let (running, ended) = (Arc::clone(&running), Arc::clone(&ended));
        async move {
            let id = format!("w{number}");
            let run = async |view: View| {
                assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "{} is not alone", view.name());
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                assert_eq!(finish(&store, &fence(&view), "ok").await, APPLIED);
                ended.fetch_add(1, Ordering::SeqCst);
            };
            live(&store, &id).await;
            for round in 0..ROUNDS {
                let new = exclusive(claimed(&format!("{number}-{round}"), &id), "k", OnConflict::Queue);
                let view = create(&store, new).await;
                if view.kind() == StateKind::Running {
                    run(view).await;
                }
                for record in claim(&store, &id, 1).await {
                    run(record.view).await;
                }
            }
            while ended.load(Ordering::SeqCst) < TASKS * ROUNDS {
                for record in claim(&store, &id, 1).await {
                    run(record.view).await;
                }
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    assert!(all(&stores[0]).await.iter().all(|view| code(view).is_none() && view.is_done()));
}

pub(crate) async fn of_those_that_preempt_each_other_one_is_left<H: Harness>(fixture: &mut Fixture<H>) {
    let stores = stores(fixture).await;
    live(&stores[0], "w").await;
    for round in 0..ROUNDS {
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
    }
}
