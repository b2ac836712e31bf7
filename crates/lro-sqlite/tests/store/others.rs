//! Several stores on one file, as several processes have them.

use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_store::{Change, Claim, Store, StoreExt};

use crate::support::{METHOD, Place, expect, operation, worker};

#[tokio::test]
async fn a_store_notices_what_another_one_has_written() {
    let place = Place::new();
    let (one, two) = (place.open().await, place.open().await);
    let mut changes = two.changes();
    one.create_one(operation("a")).await.unwrap();
    expect(&mut changes, &Change::Resync).await;
    two.keep_alive(&worker(), Duration::from_secs(60)).await.unwrap();
    let claimed = two.claim(&Claim::new(worker(), 1).method(METHOD, 1)).await.unwrap();
    assert_eq!(claimed.len(), 1);
}

#[tokio::test]
async fn a_store_notices_others_also_while_it_writes_itself() {
    let place = Place::new();
    let one = place.open().await;
    let two =
        SqliteStore::builder(place.path()).watch_interval(Duration::from_millis(1)).open().await.unwrap();
    let mut changes = two.changes();
    one.create_one(operation("a")).await.unwrap();
    let noticed = async {
        for id in 0.. {
            two.create_one(operation(&format!("own{id}"))).await.unwrap();
            while let Some(change) = changes.try_recv() {
                if change == Change::Resync {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(crate::support::SOON, noticed).await.expect("it is told to look again");
}

#[tokio::test]
async fn nobody_is_told_to_look_again_at_what_the_store_itself_has_written() {
    let place = Place::new();
    let store =
        SqliteStore::builder(place.path()).watch_interval(Duration::from_millis(1)).open().await.unwrap();
    let mut changes = store.changes();
    for id in 0..100 {
        store.create_one(operation(&id.to_string())).await.unwrap();
        store.checkpoint().await.unwrap();
        store.get_one(&crate::support::name("0")).await.unwrap();
    }
    while let Some(change) = changes.try_recv() {
        assert_ne!(change, Change::Resync);
    }
}
