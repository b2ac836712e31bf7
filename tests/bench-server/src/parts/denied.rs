//! Whether time tells an operation of somebody else from one that does not exist: `GetOperation` of both, in turn.

use std::time::{Duration, Instant};

use rand::RngExt;
use tokio::task::JoinSet;
use tonic::Code;
use tonic::transport::Channel;

use test_measure::Outcome;
use test_measure::figures::{Figures, Limit, count, millis};
use test_measure::jobs::Jobs;

use crate::callers;

/// How many calls of each kind.
const CALLS: usize = 10_000;

/// How many callers share them, each with one call at a time.
const CALLERS: usize = 20;

/// How many pairs come before those that count.
const WARM_UP: usize = 100;

/// What of 10,000 and as many of one distribution the Kolmogorov-Smirnov statistic exceeds once in a hundred times:
/// this, times the root of (n + m) / (n m).
const CRITICAL: f64 = 1.628;

/// Of which quantiles to print the times.
const QUANTILES: [usize; 5] = [10, 50, 90, 99, 100];

pub(crate) async fn run(figures: &mut Figures) -> Outcome {
    let jobs = Jobs::connect(callers::engine()).await?;
    let (names, _) = callers::operations(&jobs, "users/alice", CALLS).await?;
    ask(&jobs.connections[0], names[..WARM_UP].to_vec()).await?;
    let mut callers = JoinSet::new();
    for (number, names) in names.chunks(CALLS / CALLERS).enumerate() {
        let connection = jobs.connections[number % jobs.connections.len()].clone();
        let names = names.to_vec();
        callers.spawn(async move { ask(&connection, names).await.map_err(|error| error.to_string()) });
    }
    let (mut denied, mut missing) = (Vec::new(), Vec::new());
    while let Some(times) = callers.join_next().await {
        for (theirs, nobodys) in times?? {
            denied.push(theirs);
            missing.push(nobodys);
        }
    }
    denied.sort_unstable();
    missing.sort_unstable();
    for percent in QUANTILES {
        let at = (CALLS * percent / 100).min(CALLS - 1);
        for (what, times) in [("somebody else's", &denied), ("missing", &missing)] {
            figures.print(&format!("{what}, quantile of {percent} %"), millis(times[at]), "ms", Limit::None);
        }
    }
    let limit = CRITICAL * (2.0 / count(CALLS)).sqrt();
    figures.print(
        "Kolmogorov-Smirnov statistic of both",
        distance(&denied, &missing),
        "",
        Limit::AtMost(limit),
    );
    Ok(())
}

/// Asks for these operations of somebody else, and for as many that do not exist: how long each pair takes.
async fn ask(connection: &Channel, names: Vec<String>) -> Outcome<Vec<(Duration, Duration)>> {
    let mut times = Vec::new();
    for theirs in names {
        let (nobodys, is_first) = {
            let mut dice = rand::rng();
            (another(&theirs, &mut dice), dice.random())
        };
        // In either order, so that whatever comes second is as often the one as the other.
        let pair = if is_first {
            let theirs = time(connection, theirs).await?;
            (theirs, time(connection, nobodys).await?)
        } else {
            let nobodys = time(connection, nobodys).await?;
            (time(connection, theirs).await?, nobodys)
        };
        times.push(pair);
    }
    Ok(times)
}

/// How long the answer takes, which is that it is not for this caller.
async fn time(connection: &Channel, name: String) -> Outcome<Duration> {
    let began = Instant::now();
    let answer = callers::get(connection.clone(), "users/mallory", name).await;
    let took = began.elapsed();
    match answer {
        Err(status) if status.code() == Code::PermissionDenied => Ok(took),
        other => Err(format!("it is not denied: {other:?}").into()),
    }
}

/// A name of the same form that nobody has.
fn another(name: &str, dice: &mut impl RngExt) -> String {
    let (kept, _) = name.split_at(name.len() - 20);
    let digits = b"0123456789abcdefghijklmnopqrstuv";
    kept.chars().chain((0..20).map(|_| char::from(digits[dice.random_range(0..digits.len())]))).collect()
}

/// The largest distance between the distribution functions of two sorted samples of one size.
fn distance(one: &[Duration], other: &[Duration]) -> f64 {
    let below = |times: &[Duration], time| times.partition_point(|earlier| *earlier <= time);
    let apart = one.iter().chain(other).map(|time| below(one, *time).abs_diff(below(other, *time)));
    count(apart.max().unwrap_or_default()) / count(one.len())
}
