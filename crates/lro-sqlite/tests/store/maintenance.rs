//! Backup, checkpoint and the check for damage.

use std::fs;

use lro_sqlite::SqliteStore;
use lro_store::{Store, StoreExt};

use crate::support::{Place, exists, operation, payload, running};

#[tokio::test]
async fn a_backup_is_a_whole_database_of_one_moment() {
    let (place, safe) = (Place::new(), Place::new());
    let store = place.open().await;
    running(&store, "a").await;
    fs::write(safe.path(), "what was there is replaced").unwrap();
    let writes = async {
        for id in 0..200 {
            store.create_one(operation(&id.to_string()).with_metadata(payload(2_000))).await.unwrap();
        }
    };
    let (backup, ()) = tokio::join!(store.backup(safe.path()), writes);
    backup.unwrap();
    let files: Vec<_> =
        fs::read_dir(safe.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["operations.db"], "it is one file");
    let copy = safe.open().await;
    assert!(exists(&copy, "a").await);
    assert_eq!(copy.check_integrity().await.unwrap(), Vec::<String>::new());
    let mut seen = Vec::new();
    for id in 0..200 {
        seen.push(exists(&copy, &id.to_string()).await);
    }
    assert!(seen.is_sorted_by(|before, after| before >= after), "one moment: {seen:?}");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_what_was_there() {
    let place = Place::new();
    let store = place.open().await;
    assert!(store.backup(place.folder.path().join("missing/backup.db")).await.is_err());
    let folder = place.folder.path().join("folder");
    fs::create_dir(&folder).unwrap();
    assert!(store.backup(&folder).await.unwrap_err().is_internal());
    assert!(folder.is_dir());
    assert!(!place.folder.path().join("folder.partial").exists());
}

#[tokio::test]
async fn a_backup_never_takes_the_place_of_a_database_in_use() {
    let (place, other) = (Place::new(), Place::new());
    let (store, second) = (place.open().await, other.open().await);
    for file in [place.path(), place.folder.path().join("../").join(place.path()), other.path()] {
        assert!(store.backup(file).await.unwrap_err().is_internal());
    }
    for store in [store, second] {
        store.create_one(operation("a")).await.unwrap().created().unwrap();
        assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_backup_that_was_cut_off_is_in_nobodys_way() {
    let (place, safe) = (Place::new(), Place::new());
    let store = place.open().await;
    store.create_one(operation("a")).await.unwrap();
    for ending in ["db.partial", "db.partial-journal"] {
        fs::write(safe.path().with_extension(ending), "half a copy").unwrap();
    }
    store.backup(safe.path()).await.unwrap();
    assert!(exists(&safe.open().await, "a").await);
}

#[tokio::test]
async fn a_checkpoint_empties_the_write_ahead_log() {
    let place = Place::new();
    let store = place.open().await;
    store.create_one(operation("a")).await.unwrap();
    let log = place.path().with_extension("db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    store.checkpoint().await.unwrap();
    assert_eq!(fs::metadata(&log).unwrap().len(), 0);
    assert!(exists(&store, "a").await);
}

#[tokio::test]
async fn the_write_ahead_log_does_not_grow_without_bound() {
    let place = Place::new();
    let store = SqliteStore::builder(place.path()).checkpoint_pages(50).open().await.unwrap();
    for id in 0..300 {
        store.create_one(operation(&id.to_string()).with_metadata(payload(8_000))).await.unwrap();
    }
    let log = fs::metadata(place.path().with_extension("db-wal")).unwrap().len();
    assert!(log < 100 * 4_096, "{log} bytes");
}

#[tokio::test]
async fn the_last_drop_leaves_one_file() {
    let place = Place::new();
    let store = place.open().await;
    let clone = store.clone();
    store.create_one(operation("a")).await.unwrap();
    drop(store);
    assert!(exists(&clone, "a").await, "clones are the same store");
    let mut changes = clone.changes();
    drop(clone);
    assert_eq!(changes.recv().await, None);
    let files: Vec<_> =
        fs::read_dir(place.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["operations.db"]);
}
