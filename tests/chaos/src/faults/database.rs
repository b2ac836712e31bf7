//! What happens to the database server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use test_postgres::{Mode, Proxy};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Faults;
use crate::event::Event;

/// How a server goes away.
#[derive(Debug, Clone, Copy)]
enum Way {
    Stop(Mode),
    Kill,
    Pause,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop(Mode::Smart) => "its server restarts, smart",
            Self::Stop(Mode::Fast) => "its server restarts, fast",
            Self::Stop(Mode::Immediate) => "its server restarts, immediate",
            Self::Kill => "its server is killed",
            Self::Pause => "its server is stopped for a while",
        })
    }
}

impl Faults {
    /// Takes the server away for a while.
    pub(super) async fn database(&self) {
        if !self.take_database() {
            return;
        }
        let modes = [Mode::Smart, Mode::Fast, Mode::Immediate].map(Way::Stop);
        let way = self.dice.pick(&[modes[0], modes[1], modes[2], Way::Kill, Way::Pause]);
        self.write(Event::StoreDown { how: way.to_string(), of: "all".into() });
        let time = self.dice.millis(0..7_000);
        if let Way::Stop(Mode::Smart) = way {
            // It waits for its clients, which stay until somebody disconnects them.
            let backend = Arc::clone(&self.backend);
            tokio::spawn(async move {
                sleep(Duration::from_secs(2)).await;
                drop(spawn_blocking(move || backend.networks.iter().for_each(Proxy::cut)).await);
            });
        }
        self.with_server(move |cluster| match way {
            Way::Stop(mode) => cluster.stop(mode),
            Way::Kill => {
                cluster.kill();
                Ok(())
            }
            Way::Pause => {
                cluster.pause();
                Ok(())
            }
        })
        .await;
        sleep(time).await;
        self.with_server(move |cluster| match way {
            Way::Pause => {
                cluster.resume();
                Ok(())
            }
            _ => cluster.start(),
        })
        .await;
        self.write(Event::StoreUp);
        self.give_database();
    }

    /// Does something that takes a while, away from the threads of everybody else.
    async fn with_server(
        &self,
        what: impl FnOnce(&test_postgres::Cluster) -> Result<(), test_postgres::Error> + Send + 'static,
    ) {
        let backend = Arc::clone(&self.backend);
        let done = spawn_blocking(move || backend.cluster.as_ref().map_or(Ok(()), what)).await;
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the database: {error}"),
            Err(error) => eprintln!("the database: {error}"),
        }
    }
}
