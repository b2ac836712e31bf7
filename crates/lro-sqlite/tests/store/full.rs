//! A disk that is full: calls fail as unavailable, nothing is half written, and with room everything goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lro_sqlite::SqliteStore;
use lro_store::{Error, Finish, Store, StoreExt};

use crate::support::{Place, exists, name, operation, payload, response, running, text};

/// A small file system of its own.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// Mounts it in this folder, or says that the test is skipped.
    pub(crate) fn new(folder: &Path, options: &str) -> Option<Self> {
        let path = folder.join("disk");
        fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&path).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            crate::support::skip("this user may not mount a file system");
            return None;
        }
        Some(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Changes its options.
    pub(crate) fn again(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Also while a failed test still has files open in it.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Creates operations until one fails; how many there are.
async fn fill(store: &SqliteStore) -> (usize, Error) {
    for count in 0.. {
        if let Err(error) =
            store.create_one(operation(&format!("f{count}")).with_metadata(payload(30_000))).await
        {
            return (count, error);
        }
    }
    unreachable!("the disk is small")
}

/// Fills the store, shows that nothing is half written, makes room and goes on.
async fn fill_and_go_on(store: &SqliteStore, make_room: impl AsyncFnOnce()) {
    let fence = running(store, "before").await;
    let (count, error) = fill(store).await;
    assert!(count > 3 && error.is_unavailable() && text(&error).contains("full"), "{}", text(&error));
    assert!(!exists(store, &format!("f{count}")).await);
    assert!(exists(store, &format!("f{}", count - 1)).await);
    let large = Finish::new(fence.clone(), lro_store::Outcome::Response(payload(300_000)));
    assert!(store.finish(vec![large.clone()]).await.unwrap_err().is_unavailable());
    assert!(!store.get_one(&name("before")).await.unwrap().unwrap().is_done());
    make_room().await;
    assert!(store.finish(vec![large]).await.unwrap()[0].is_applied());
    store.create_one(operation("after")).await.unwrap().created().unwrap();
    assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());
}

/// Sets how large the database may become, on the connection that writes.
async fn limit_pages(store: &SqliteStore, id: &str, pages: u32) {
    let limit = lro_sqlite::in_transaction(move |transaction| {
        transaction.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
    });
    store.create_one(operation(id).with_transaction(limit)).await.unwrap().created().unwrap();
}

#[tokio::test]
async fn a_database_that_may_not_grow_refuses_and_goes_on_when_it_may() {
    let place = Place::new();
    let store = place.open().await;
    limit_pages(&store, "limit", 120).await;
    fill_and_go_on(&store, async || {
        // What is deleted makes room.
        for count in 0..4 {
            store.delete_one(&name(&format!("f{count}"))).await.unwrap();
        }
        limit_pages(&store, "limited", 10_000).await;
    })
    .await;
}

#[tokio::test]
async fn a_disk_without_room_refuses_and_goes_on_when_there_is_some() {
    let place = Place::new();
    let Some(mount) = Mount::new(place.folder.path(), "size=2m") else { return };
    let store = SqliteStore::open(mount.path().join("operations.db")).await.unwrap();
    fill_and_go_on(&store, async || mount.again("size=16m")).await;
    drop(store);
    let store = SqliteStore::open(mount.path().join("operations.db")).await.unwrap();
    assert!(exists(&store, "after").await && exists(&store, "f0").await);
}

#[tokio::test]
async fn a_disk_that_is_full_from_the_start_is_a_clear_error() {
    let place = Place::new();
    let Some(mount) = Mount::new(place.folder.path(), "size=64k") else { return };
    fs::write(mount.path().join("filler"), vec![0; 60 * 1024]).unwrap();
    let path = mount.path().join("operations.db");
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.is_unavailable() && text(&error).contains("full"), "{}", text(&error));
    mount.again("size=16m");
    let store = SqliteStore::open(&path).await.unwrap();
    store.finish_one(running(&store, "a").await, response()).await.unwrap();
}
