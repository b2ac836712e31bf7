//! Hints of what others change.

use lro_store::{Change, StateKind, StopReason, Store, StoreExt};

use super::hints::{SOON, expect};
use crate::Harness;
use crate::run::Fixture;
use crate::suite::support::{
    METHOD, begin, cancel, claim_one, create, fence, finish, get, live, name, operation, response,
};

pub(crate) async fn hints_reach_every_store_on_the_data<H: Harness>(fixture: &mut Fixture<H>) {
    let (one, two) = (fixture.store(), &fixture.connect().await);
    let (mut near, mut far) = (one.changes(), two.changes());
    create(one, operation("a")).await;
    expect(&mut far, Change::Claimable(METHOD.into())).await;
    expect(&mut near, Change::Claimable(METHOD.into())).await;
    live(two, "w").await;
    let running = fence(&claim_one(two, "w").await.view);
    cancel(one, "a").await;
    expect(&mut far, Change::StopRequested(name("a"), StopReason::Cancelled)).await;
    finish(two, &running, "ok").await;
    expect(&mut near, Change::Done(name("a"))).await;
    one.delete_one(&name("a")).await.unwrap();
    expect(&mut far, Change::Deleted(name("a"))).await;
}

pub(crate) async fn a_hint_never_comes_before_its_change_can_be_read<H: Harness>(fixture: &mut Fixture<H>) {
    const COUNT: usize = 100;
    let (store, other) = (fixture.store(), fixture.connect().await);
    let mut changes = other.changes();
    live(store, "w").await;
    let reader = tokio::spawn({
        let store = other;
        async move {
            let mut seen = 0;
            while seen < COUNT {
                match changes.recv().await.expect("the store is there") {
                    Change::StopRequested(name, _) => {
                        let view = store.get_one(&name).await.unwrap();
                        assert!(view.is_none_or(|view| view.is_done() || view.stop().is_some()), "{name}");
                    }
                    Change::Done(name) => {
                        let view = store.get_one(&name).await.unwrap();
                        assert!(view.is_none_or(|view| view.kind() == StateKind::Done), "{name}");
                    }
                    Change::Deleted(name) => {
                        assert_eq!(store.get_one(&name).await.unwrap(), None);
                        seen += 1;
                    }
                    _ => {}
                }
            }
        }
    });
    for number in 0..COUNT {
        let id = number.to_string();
        let running = begin(store, &id, "w").await;
        cancel(store, &id).await;
        store.finish_one(running, response("ok")).await.unwrap();
        assert!(get(store, &id).await.is_done());
        store.delete_one(&name(&id)).await.unwrap();
    }
    tokio::time::timeout(SOON, reader).await.expect("all deletions are hinted").unwrap();
}
