//! What happens between processes and the database server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use test_postgres::{Direction, Proxy, contains};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Faults;
use crate::event::Event;
use crate::settings::LEASE;

/// How a network fails.
#[derive(Debug, Clone, Copy)]
enum Way {
    Cut,
    /// The next commit takes effect, and whoever made it is not told.
    CutCommit,
    Refuse,
    Delay(Duration),
    Hold(Direction),
    Swallow(Direction),
}

impl Faults {
    /// Lets the network of one process fail, or that of all, for a while.
    pub(super) async fn network(&self) {
        let way = match self.dice.below(8) {
            0 | 1 => Way::Cut,
            2 | 3 => Way::CutCommit,
            4 => Way::Refuse,
            5 => Way::Delay(self.dice.millis(5..800)),
            6 => Way::Hold(self.dice.pick(&[Direction::ToServer, Direction::ToClient])),
            _ => Way::Swallow(self.dice.pick(&[Direction::ToServer, Direction::ToClient])),
        };
        let only = self.dice.happens(750).then(|| self.dice.index(self.backend.networks().len()));
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or_default();
        let time = self.dice.millis(lease / 10..lease * 4);
        let of = only.map_or_else(|| "all".to_owned(), |place| format!("the process at place {place}"));
        self.write(Event::StoreDown { how: way.to_string(), of: format!("{of}, {way:?}") });
        self.on_networks(only, move |network| match way {
            Way::Cut => network.cut(),
            Way::CutCommit => network.cut_when(Direction::ToClient, contains(b"COMMIT\0")),
            Way::Refuse => {
                network.refuse();
                network.cut();
            }
            Way::Delay(time) => network.delay(time),
            Way::Hold(direction) => network.hold(direction),
            Way::Swallow(direction) => network.swallow(direction),
        })
        .await;
        sleep(time).await;
        self.on_networks(only, Proxy::mend).await;
        self.write(Event::StoreUp);
    }

    async fn on_networks(&self, only: Option<usize>, what: impl Fn(&Proxy) + Send + 'static) {
        let backend = Arc::clone(&self.backend);
        let done = spawn_blocking(move || {
            let networks = backend.networks().iter().enumerate();
            networks
                .filter(|(place, _)| only.is_none_or(|only| only == *place))
                .for_each(|(_, network)| what(network));
        });
        if let Err(error) = done.await {
            eprintln!("the network: {error}");
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "its network is cut",
            Self::CutCommit => "its network is cut between a commit and the answer",
            Self::Refuse => "its network is away",
            Self::Delay(_) => "its network is slow",
            Self::Hold(_) => "its network stops for a while",
            Self::Swallow(_) => "its network swallows what it is given",
        })
    }
}
