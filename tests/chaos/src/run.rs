//! One run: a while in which everything goes wrong, then calm, in which everything comes to its end, then the checker.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Spec};
use crate::client::Client;
use crate::event::Event;
use crate::faults::{Fault, Faults};
use crate::log::{self, Log};
use crate::report::Report;
use crate::settings::{LEASE, POLL, Settings};
use crate::site::{Role, Site};
use crate::stall;
use test_tools::Dice;

/// How many clients there are.
const CLIENTS: usize = 24;

/// How a run is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// On which store.
    pub store: Spec,
    /// How long everything goes wrong.
    pub time: Duration,
    /// What goes wrong; nothing for all that fits the store and the time.
    pub faults: Option<Vec<Fault>>,
    /// What chooses faults and work. The same seed makes the same choices, but not the same run: what happens depends on
    /// when real processes, sockets and disks do what they do.
    pub seed: u64,
    /// Where the logs go, and the files of the store.
    pub folder: PathBuf,
}

/// Runs, and checks what has happened.
///
/// # Errors
/// When a fault is asked for that cannot happen to the store, the store or a process cannot be started, or a log cannot be
/// read.
pub async fn run(options: &Options) -> Result<Report, Box<dyn Error>> {
    let dice = Dice::new(options.seed);
    let kinds = Fault::choose(options.faults.as_deref(), &options.store, options.time)?;
    let origin = log::monotonic();
    let log = Log::create(&options.folder, 0, origin)?;
    let roles = roles(&options.store, &dice);
    let commit_delay = Duration::from_millis(dice.pick(&[0, 5, 25]));
    let fails_over = kinds.contains(&Fault::FailOver);
    let backend = Backend::start(&options.store, &options.folder, roles.len(), commit_delay, fails_over)?;
    let backend = Arc::new(backend);
    let roles: Vec<Role> = roles
        .into_iter()
        .enumerate()
        .map(|(place, role)| Role { store: backend.target(place), ..role })
        .collect();
    let mut page_token_key = [0; 32];
    page_token_key.fill_with(|| dice.bits().to_le_bytes()[0]);
    let settings = Settings { strict: dice.happens(250), page_token_key };
    log.write(Event::Run {
        seed: options.seed,
        strict: settings.strict,
        lease: micros(LEASE),
        poll: micros(POLL),
    });
    let watch = tokio::spawn(stall::watch(log.clone(), 0));
    let site = Site::new(roles, settings, options.folder.clone(), origin, log.clone());
    for place in 0..site.len() {
        site.take(place).ok_or("nobody else has the place")?.begin().await?;
    }
    let client = Client::new(site.clone(), log.clone(), dice.fork());
    let faults = Faults::new(site.clone(), backend, log.clone(), dice.fork(), kinds);
    let (stop, mut clients) = (CancellationToken::new(), JoinSet::new());
    for _ in 0..CLIENTS {
        clients.spawn(client.fork().run(stop.clone()));
    }
    faults.run(options.time).await;
    log.write(Event::Calm);
    // The last calls are made when nothing goes wrong any more.
    sleep(Duration::from_secs(2)).await;
    stop.cancel();
    while clients.join_next().await.is_some() {}
    client.audit().await;
    watch.abort();
    for place in 0..site.len() {
        if let Some(place) = site.take(place) {
            place.look().await;
            place.drain().await;
        }
    }
    Ok(Report::new(log::read(&options.folder)?))
}

/// What processes there are. Where they share no store, there is one.
fn roles(store: &Spec, dice: &Dice) -> Vec<Role> {
    let role = |serves, concurrency| Role { serves, concurrency, store: crate::store::Target::Memory };
    if *store == Spec::Memory {
        return vec![role(true, 20)];
    }
    // Those that clients reach work too, or leave that to others.
    let mut roles = vec![role(true, dice.pick(&[0, 3])), role(true, dice.pick(&[0, 3, 10]))];
    roles.extend((0..2 + dice.below(2)).map(|_| role(false, dice.pick(&[4, 10]))));
    roles
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
