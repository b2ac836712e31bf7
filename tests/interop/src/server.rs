//! The example's server as a process.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Result;
use crate::store::{Place, Store};

/// How long the server takes for a book, in milliseconds: long enough for the slowest client to look in between, and short enough to wait for.
const FETCH_TIME: u32 = 200;

/// A server, which ends with this.
#[derive(Debug)]
pub(crate) struct Server {
    // In this order: the process ends before the place does.
    _process: Child,
    _place: Place,
    _folder: TempDir,
    address: String,
}

impl Server {
    /// Starts `library server` on a new place of a store, and returns when it listens.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub(crate) async fn start(library: &Path, store: Store) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = store.place(folder.path())?;
        let mut process = Command::new(library)
            .args(["server", "--listen=127.0.0.1:0"])
            .arg(format!("--fetch-time={FETCH_TIME}"))
            .arg(format!("--store={}", place.argument))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", library.display()))?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(output).lines().next_line().await?.ok_or("the server has ended at once")?;
        let address =
            line.strip_prefix("listening on http://").ok_or("the server does not say where it listens")?;
        Ok(Self { address: address.to_owned(), _process: process, _place: place, _folder: folder })
    }

    /// Where it listens, as host:port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}
