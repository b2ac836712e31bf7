//! What happens to a file of SQLite.

use std::path::PathBuf;
use std::time::Duration;

use lro_sqlite::rusqlite::{self, Connection};
use tokio::task::spawn_blocking;

use super::Faults;
use crate::event::Event;
use crate::store::Target;

impl Faults {
    /// Has somebody else keep the file to themselves for a while, as a backup or a person with a shell may.
    pub(super) async fn lock(&self) {
        let Target::Sqlite { file, .. } = self.backend.target(0) else { return };
        let time =
            if self.dice.happens(800) { self.dice.millis(50..1_000) } else { self.dice.millis(1_000..7_000) };
        self.write(Event::StoreDown {
            how: "somebody else writes to it".into(),
            of: format!("all, {time:?}"),
        });
        match spawn_blocking(move || keep_locked(file, time)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the file: {error}"),
            Err(error) => eprintln!("the file: {error}"),
        }
        self.write(Event::StoreUp);
    }
}

fn keep_locked(file: PathBuf, time: Duration) -> rusqlite::Result<()> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    std::thread::sleep(time);
    connection.execute_batch("ROLLBACK")
}
