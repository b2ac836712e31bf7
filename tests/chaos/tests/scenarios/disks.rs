//! There is no more room on the disk of the store.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use chaos::event::{Answer, Event};
use chaos::{Scene, Script, Target};
use test_postgres::private;

use crate::support::{
    DATABASE, Pair, assert_outcome, assert_sound, is_unavailable, postgres, reached, scene,
};

/// A small file system of its own.
struct Disk(PathBuf);

impl Disk {
    /// Mounts it in the folder of a scene, or says that the test is skipped.
    fn new(scene: &Scene, size: &str) -> Option<Self> {
        // Whoever runs the server must get there.
        fs::set_permissions(scene.folder(), Permissions::from_mode(0o755)).unwrap();
        let path = scene.folder().join("disk");
        fs::create_dir(&path).unwrap();
        let options = format!("mode=777,size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&path).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            test_tools::skip("this user may not mount a file system");
            return None;
        }
        Some(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        for size in [1 << 20, 1 << 12] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Also while a failed test still has files open in it.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_on_sqlite() {
    let scene = scene();
    let Some(disk) = Disk::new(&scene, "16m") else { return };
    let store = Target::Sqlite { file: disk.path().join("operations.db"), clock: scene.folder().into() };
    disk_gets_full(&scene, &store, &disk, || {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_on_postgres() {
    let scene = scene();
    let Some(disk) = Disk::new(&scene, "256m") else { return };
    let Some(builder) = private() else { return };
    let cluster = builder.folder(disk.path()).setting("max_wal_size", "48MB").start().unwrap();
    cluster.create_database(DATABASE).unwrap();
    // Where the log of what is to be written gets no room, the server goes down.
    disk_gets_full(&scene, &postgres(&cluster), &disk, || cluster.start().unwrap()).await;
    drop(cluster);
}

async fn disk_gets_full(scene: &Scene, store: &Target, disk: &Disk, restart: impl Fn()) {
    let pair = Pair::begin(scene, store).await;
    let held = pair.held(scene, "held", "open").await;
    scene.note(Event::StoreDown { how: "the disk is full".into(), of: "all".into() });
    disk.fill();
    // What is there has room for some more.
    let (mut acknowledged, mut refused) = (Vec::new(), None);
    for number in 0.. {
        match pair.caller.start(&large(number)).await {
            Answer::Operation(seen) => acknowledged.push(seen.name),
            answer => {
                refused = Some((number, answer));
                break;
            }
        }
    }
    let (number, answer): (usize, _) = refused.unwrap();
    println!("after {} more operations: {answer:?}", acknowledged.len());
    assert!(is_unavailable(&answer), "{answer:?}");
    scene.open("open").unwrap();
    reached(scene, &held, pair.worker.number()).await;
    disk.make_room();
    restart();
    scene.note(Event::StoreUp);
    assert_outcome(&pair.caller.outcome(&held).await.unwrap(), 1, &held, &pair.worker);
    acknowledged.push(pair.caller.started(&large(number)).await.unwrap());
    for name in &acknowledged {
        assert_outcome(&pair.caller.outcome(name).await.unwrap(), 1, name, &pair.worker);
    }
    // The one that was refused and repeated is there once.
    acknowledged.push(held);
    acknowledged.sort();
    let Answer::List { mut names } = pair.caller.list().await else { panic!("there is no list") };
    names.sort();
    assert_eq!(names, acknowledged);
    assert_sound(scene);
}

fn large(number: usize) -> Script {
    Script::new(format!("large-{number}")).padding(20_000)
}
