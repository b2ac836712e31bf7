//! What happens to the database server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use test_postgres::{Mode, Proxy};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Faults;
use crate::backend::Servers;
use crate::event::Event;

/// How a server goes away.
#[derive(Debug, Clone, Copy)]
enum Way {
    Stop(Mode),
    Kill,
    Pause,
    /// Then commits wait for it.
    PauseStandby,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop(Mode::Smart) => "its server restarts, smart",
            Self::Stop(Mode::Fast) => "its server restarts, fast",
            Self::Stop(Mode::Immediate) => "its server restarts, immediate",
            Self::Kill => "its server is killed",
            Self::Pause => "its server is stopped for a while",
            Self::PauseStandby => "its standby is stopped for a while",
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
        let mut ways = vec![modes[0], modes[1], modes[2], Way::Kill, Way::Pause];
        if self.backend.servers.as_ref().is_some_and(|servers| servers.standby().is_some()) {
            ways.push(Way::PauseStandby);
        }
        let way = self.dice.pick(&ways);
        self.write(Event::StoreDown { how: way.to_string(), of: "all".into() });
        let time = self.dice.millis(0..7_000);
        if let Way::Stop(Mode::Smart) = way {
            // It waits for its clients, which stay until somebody disconnects them.
            let backend = Arc::clone(&self.backend);
            tokio::spawn(async move {
                sleep(Duration::from_secs(2)).await;
                drop(spawn_blocking(move || backend.networks().iter().for_each(Proxy::cut)).await);
            });
        }
        self.with_servers(move |servers| {
            match way {
                Way::Stop(mode) => return servers.primary().stop(mode),
                Way::Kill => servers.primary().kill(),
                Way::Pause => servers.primary().pause(),
                Way::PauseStandby => servers.standby().iter().for_each(|standby| standby.pause()),
            }
            Ok(())
        })
        .await;
        if matches!(way, Way::Stop(Mode::Immediate) | Way::Kill) {
            self.write(Event::Crash);
        }
        sleep(time).await;
        self.with_servers(move |servers| {
            match way {
                Way::Stop(_) | Way::Kill => return servers.primary().start(),
                Way::Pause => servers.primary().resume(),
                Way::PauseStandby => servers.standby().iter().for_each(|standby| standby.resume()),
            }
            Ok(())
        })
        .await;
        self.write(Event::StoreUp);
        self.give_database();
    }

    /// Does something that takes a while, away from the threads of everybody else; what comes of it, unless it fails.
    pub(super) async fn with_servers<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Servers) -> Result<T, test_postgres::Error> + Send + 'static,
    ) -> Option<T> {
        let backend = Arc::clone(&self.backend);
        match spawn_blocking(move || backend.servers.as_ref().map(what).transpose()).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                eprintln!("the database: {error}");
                None
            }
            Err(error) => {
                eprintln!("the database: {error}");
                None
            }
        }
    }
}
