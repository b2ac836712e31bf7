//! One client that waits for one operation.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use lro::Client;
use lro::google::longrunning::operations_server::OperationsServer;
use test_measure::Outcome;
use test_measure::jobs::START;
use test_tools::Dice;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::peers::{self, fraction};
use crate::server::Server;

/// How long a call takes. The answer says what was so when the call arrived.
pub(super) const LATENCY: Duration = Duration::from_millis(1);

/// Who waits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Contender {
    /// Our client with its defaults, which has waited for another operation before.
    Ours,
    /// Our client with its defaults, which knows nothing of the server.
    Fresh,
    GoogleCloudLro,
    GaxGo,
}

/// How long operations last.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lengths {
    /// About so many milliseconds, a tenth less or more.
    About(u64),
    /// Anything between, by the logarithm: as many of each order of magnitude.
    Between(u64, u64),
}

impl Lengths {
    pub(super) const ROWS: [Self; 6] = [
        Self::About(100),
        Self::About(1_000),
        Self::About(3_000),
        Self::About(10_000),
        Self::About(60_000),
        Self::About(600_000),
    ];

    /// With one that no schedule can be made for.
    pub(super) const ALL: [Self; 7] = {
        let [a, b, c, d, e, f] = Self::ROWS;
        [a, b, c, d, e, f, Self::Between(100, 600_000)]
    };

    /// In whole milliseconds, as the clock has them.
    fn draw(self, dice: &Dice) -> Duration {
        match self {
            Self::About(millis) => dice.millis(millis - millis / 10..millis + millis / 10 + 1),
            Self::Between(least, most) => {
                let (least, most) = (Duration::from_millis(least), Duration::from_millis(most));
                let length = least.mul_f64(most.div_duration_f64(least).powf(fraction(dice)));
                Duration::from_millis(length.as_secs() * 1_000 + u64::from(length.subsec_millis()))
            }
        }
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |millis| Duration::from_millis(millis).as_secs_f64();
        match *self {
            Self::About(millis) => f.pad(&format!("{} s", seconds(millis))),
            Self::Between(least, most) => f.pad(&format!("{} to {} s", seconds(least), seconds(most))),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) length: Duration,
    /// How long after the end it was noticed.
    pub(super) late: Duration,
    pub(super) calls: usize,
}

/// Many of them.
#[derive(Debug)]
pub(super) struct Trials(Vec<Trial>);

impl Deref for Trials {
    type Target = [Trial];

    fn deref(&self) -> &[Trial] {
        &self.0
    }
}

/// Has so many clients of one kind wait at once, each for an operation on a server of its own. All kinds get operations of the same lengths.
pub(super) async fn run(
    contender: Contender,
    hold: Option<Duration>,
    lengths: Lengths,
    count: u64,
) -> Outcome<Trials> {
    let mut waiting = JoinSet::new();
    for seed in 0..count {
        let dice = Dice::new(seed);
        let length = lengths.draw(&dice);
        waiting.spawn(one(contender, Server::new(hold, LATENCY), length, dice.fork()));
    }
    let mut trials = Vec::new();
    while let Some(trial) = waiting.join_next().await {
        trials.push(trial??);
    }
    Ok(Trials(trials))
}

async fn one(contender: Contender, server: Server, length: Duration, dice: Dice) -> Outcome<Trial> {
    let jitter = dice.clone();
    let client = Client::new(OperationsServer::new(server.clone())).jitter(move || fraction(&jitter));
    if matches!(contender, Contender::Ours) {
        client.attach(START, server.start(Some(Instant::now()))).wait().await?;
        server.take_asked();
    }
    let end = Instant::now() + length;
    let started = server.start(Some(end));
    match contender {
        Contender::Ours | Contender::Fresh => drop(client.attach(START, started).wait().await?),
        Contender::GoogleCloudLro => peers::google_cloud_lro(server.clone(), started.name).await?,
        Contender::GaxGo => peers::gax_go(server.clone(), started.name, dice).await?,
    }
    Ok(Trial { length, late: end.elapsed(), calls: server.take_asked().len() })
}
