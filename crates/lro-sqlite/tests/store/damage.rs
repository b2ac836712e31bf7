//! Files that are damaged, are none, or cannot be used: clear errors, and nothing is made worse.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use lro_sqlite::SqliteStore;
use lro_store::{Creation, ListQuery, ParentPattern, Store, StoreExt};

use crate::support::{Place, exists, name, operation, payload, running, text};

async fn refused(path: &std::path::Path, says: &str) {
    let error = SqliteStore::open(path).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains(says), "{}", text(&error));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::new();
    let content = b"Dear diary, ".repeat(1_000);
    fs::write(place.path(), &content).unwrap();
    refused(&place.path(), "is no database").await;
    assert_eq!(fs::read(place.path()).unwrap(), content);
}

#[tokio::test]
async fn a_folder_that_is_missing_or_in_place_of_the_file_is_refused() {
    let place = Place::new();
    refused(&place.folder.path().join("missing").join("operations.db"), "there is no folder").await;
    refused(place.folder.path(), "unable to open").await;
}

#[tokio::test]
async fn a_database_that_is_no_file_is_refused() {
    refused(std::path::Path::new(":memory:"), "a file on a local disk").await;
}

#[tokio::test]
async fn an_empty_file_is_a_new_database() {
    let place = Place::new();
    fs::write(place.path(), "").unwrap();
    let store = place.open().await;
    assert!(matches!(store.create_one(operation("a")).await.unwrap(), Creation::Created(_)));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused() {
    let place = Place::new();
    drop(place.open().await);
    let mut rights = fs::metadata(place.path()).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(place.path(), rights).unwrap();
    if fs::OpenOptions::new().write(true).open(place.path()).is_ok() {
        return crate::support::skip("this user may write every file");
    }
    refused(&place.path(), "cannot be written").await;
}

#[tokio::test]
async fn a_read_only_file_system_is_refused() {
    let place = Place::new();
    let Some(mount) = crate::full::Mount::new(place.folder.path(), "size=8m") else { return };
    let path = mount.path().join("operations.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.create_one(operation("a")).await.unwrap();
    drop(store);
    mount.again("ro");
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("cannot be written"), "{}", text(&error));
    mount.again("rw");
    assert!(exists(&SqliteStore::open(&path).await.unwrap(), "a").await);
}

/// Fills the middle of a file with nonsense.
fn overwrite(path: &std::path::Path, from: u64, bytes: usize) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&vec![0xa5; bytes]).unwrap();
}

#[tokio::test]
async fn overwritten_pages_are_errors_of_what_needs_them() {
    let place = Place::new();
    let store = place.open().await;
    for id in 0..200 {
        store.create_one(operation(&format!("{id:03}"))).await.unwrap();
    }
    drop(store);
    let length = fs::metadata(place.path()).unwrap().len();
    // The first page says what kind of file it is, and those after it where the tables begin.
    overwrite(&place.path(), length / 2, usize::try_from(length / 2).unwrap());
    let store = place.open().await;
    let mut failures = 0;
    for id in 0..200 {
        match store.get_one(&name(&format!("{id:03}"))).await {
            Ok(_) => {}
            Err(error) => {
                assert!(error.is_internal() && text(&error).contains("damaged"), "{}", text(&error));
                failures += 1;
            }
        }
    }
    assert!(failures > 0);
    // If the damage keeps the tables from being read at all, that is an error.
    assert!(store.check_integrity().await.map_or(true, |problems| !problems.is_empty()));
}

#[tokio::test]
async fn a_row_that_was_changed_by_hand_is_an_error_of_its_operation_alone() {
    let place = Place::new();
    let store = place.open().await;
    for id in ["a", "b", "c"] {
        store.create_one(operation(id)).await.unwrap();
    }
    let hand = place.connect();
    hand.execute("UPDATE lro_operation SET retry = 'soon' WHERE name = 'operations/b'", []).unwrap();
    let error = store.get_one(&name("b")).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("operations/b"), "{}", text(&error));
    assert!(exists(&store, "a").await);
    let (a, b) = (name("a"), name("b"));
    let (bad, good) = tokio::join!(store.request_cancel_one(&b), store.request_cancel_one(&a));
    assert!(bad.is_err() && good.unwrap(), "what is written together does not fail together");
    let all = ListQuery::new(ParentPattern::all(), 10);
    assert!(store.list(&all).await.is_err(), "a list does not pass over it in silence");
    assert!(store.delete(vec![name("b")]).await.is_err());
    hand.execute("DELETE FROM lro_operation WHERE name = 'operations/b'", []).unwrap();
    assert_eq!(store.list(&all).await.unwrap().views.len(), 2);
}

#[tokio::test]
async fn a_lost_result_is_an_error_and_not_another_result() {
    let place = Place::new();
    let store = place.open().await;
    let fence = running(&store, "a").await;
    store.finish_one(fence, crate::support::response()).await.unwrap();
    place.connect().execute("DELETE FROM lro_result", []).unwrap();
    assert!(text(&store.get_one(&name("a")).await.unwrap_err()).contains("without a result"));
}

#[tokio::test]
async fn of_a_write_ahead_log_that_was_cut_the_whole_transactions_are_there() {
    let place = Place::new();
    let (copy, cut) = (Place::new(), Place::new());
    let store = place.open().await;
    for id in 0..20 {
        store.create_one(operation(&id.to_string()).with_metadata(payload(5_000))).await.unwrap();
    }
    // As a crash of the machine leaves the files.
    let log = |place: &Place| lro_log(&place.path());
    for to in [&copy, &cut] {
        fs::copy(place.path(), to.path()).unwrap();
        fs::copy(log(&place), log(to)).unwrap();
    }
    assert!(exists(&copy.open().await, "19").await);
    let file = fs::OpenOptions::new().write(true).open(log(&cut)).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - length / 4 - 100).unwrap();
    let store = cut.open().await;
    let mut seen = Vec::new();
    for id in 0..20 {
        seen.push(exists(&store, &id.to_string()).await);
    }
    assert!(seen[0] && !seen[19], "{seen:?}");
    assert!(seen.is_sorted_by(|before, after| before >= after), "the first ones are there: {seen:?}");
    assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());
    store.create_one(operation("19")).await.unwrap().created().expect("the store goes on");
}

fn lro_log(path: &std::path::Path) -> std::path::PathBuf {
    path.with_extension("db-wal")
}
