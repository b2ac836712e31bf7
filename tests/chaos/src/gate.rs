//! Gates: work that waits until somebody lets it go on, so that a test does something to it in the middle.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

/// How often work looks whether it may go on.
const LOOK: Duration = Duration::from_millis(10);

/// Waits until the gate is open. One without a name always is.
pub(crate) async fn wait(folder: &Path, name: &str) {
    while !name.is_empty() && !path(folder, name).exists() {
        sleep(LOOK).await;
    }
}

/// Opens a gate for all processes.
pub(crate) fn open(folder: &Path, name: &str) -> io::Result<()> {
    File::create(path(folder, name)).map(drop)
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("gate-{name}"))
}
