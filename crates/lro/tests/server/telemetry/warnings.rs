//! What is logged of what went wrong.

use std::time::Duration;

use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tracing::Level;

use super::lines::Lines;
use crate::support::{LEASE, Server, memory_store};

#[tokio::test(start_paused = true)]
async fn a_handler_that_outlives_its_grace_period_is_warned_of() {
    let lines = Lines::collect();
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.cancel(&name).await.unwrap();
    server.end(&name).await;
    assert_eq!(lines.only("the work did not stop within its grace period").level, Level::WARN);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_lost_is_warned_of_on_both_sides() {
    let lines = Lines::collect();
    let store = memory_store();
    let mut cut_off = Server::over(FaultyStore::new(store.clone()), |builder| builder);
    let name = cut_off.begin("wait").await;
    cut_off
        .store
        .inject([StoreMethod::KeepAlive, StoreMethod::Reclaim], Fault::before(FailureMode::Unavailable));
    let mut other = Server::with(store, |builder| builder);
    tokio::time::sleep(LEASE * 3).await;
    other.expect_began(&name, 2, None).await;
    let reclaimed = lines.only("took work back from processes whose lease is over");
    assert_eq!((reclaimed.level, reclaimed.field("count")), (Level::WARN, "1"));
    cut_off.store.mend();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(lines.only("the store has declared this process gone").level, Level::WARN);
    assert_eq!(lines.only("another attempt has taken the operation over").level, Level::WARN);
}
