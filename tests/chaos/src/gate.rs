//! Gates: work that waits until somebody lets it go on, so that a test does something to it in the middle.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

/// How often work looks whether it may go on.
const LOOK: Duration = Duration::from_millis(10);

/// Waits until the gate is open, for this process or for all. One without a name always is.
pub(crate) async fn wait(folder: &Path, name: &str, process: u32) {
    let (all, own) = (path(folder, name, None), path(folder, name, Some(process)));
    while !name.is_empty() && !all.exists() && !own.exists() {
        sleep(LOOK).await;
    }
}

/// Opens a gate for one process, or for all.
pub(crate) fn open(folder: &Path, name: &str, process: Option<u32>) -> io::Result<()> {
    File::create(path(folder, name, process)).map(drop)
}

fn path(folder: &Path, name: &str, process: Option<u32>) -> PathBuf {
    let process = process.map(|process| format!("-{process}")).unwrap_or_default();
    folder.join(format!("gate-{name}{process}"))
}
