//! Callers that call as fast as they are answered.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::Channel;

use crate::Outcome;
use crate::figures::{count, median};
use crate::process::cpu_time;

/// How many callers share the connections.
pub(crate) const CALLERS: usize = 64;

/// How long one run of a pair takes: so many slices of this length, in turn with those of the other, so that what else
/// the machine does meets both.
const SLICES: usize = 10;
const SLICE: Duration = Duration::from_millis(100);

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// How long each call took.
    pub(crate) latencies: Vec<Duration>,
    took: Duration,
    cpu: Duration,
}

impl Run {
    pub(crate) fn calls(&self) -> usize {
        self.latencies.len()
    }

    /// Calls a second.
    pub(crate) fn rate(&self) -> f64 {
        count(self.calls()) / self.took.as_secs_f64()
    }

    /// Calls a second of processor time, that of the callers included. What else the machine does changes it less.
    pub(crate) fn rate_of_cpu(&self) -> f64 {
        count(self.calls()) / self.cpu.as_secs_f64()
    }

    fn add(&mut self, slice: Self) {
        self.latencies.extend(slice.latencies);
        self.took += slice.took;
        self.cpu += slice.cpu;
    }
}

/// Has all callers call for a while. `call` is given a connection and a number that no other call has.
pub(crate) async fn run<F, Fut>(connections: &[Channel], time: Duration, call: F) -> Outcome<Run>
where
    F: Fn(Channel, usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(), Status>> + Send,
{
    let (began, cpu) = (Instant::now(), cpu_time()?);
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (connection, call) = (connections[caller % connections.len()].clone(), call.clone());
        callers.spawn(async move {
            let mut latencies = Vec::new();
            while began.elapsed() < time {
                let called = Instant::now();
                call(connection.clone(), latencies.len() * CALLERS + caller).await?;
                latencies.push(called.elapsed());
            }
            Ok::<_, Status>(latencies)
        });
    }
    let mut run = Run::default();
    while let Some(latencies) = callers.join_next().await {
        run.latencies.extend(latencies??);
    }
    run.took = began.elapsed();
    run.cpu = cpu_time()?.saturating_sub(cpu);
    Ok(run)
}

/// Runs two contenders in turn. Each is told how long to run.
pub(crate) async fn pair(
    ours: impl AsyncFn(Duration) -> Outcome<Run>,
    peer: impl AsyncFn(Duration) -> Outcome<Run>,
) -> Outcome<(Run, Run)> {
    let mut runs = (Run::default(), Run::default());
    for _ in 0..SLICES {
        runs.0.add(ours(SLICE).await?);
        runs.1.add(peer(SLICE).await?);
    }
    Ok(runs)
}

/// Rates of two contenders, in pairs of runs that follow each other. The first pair warms up and does not count.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    runs: Vec<(f64, f64)>,
    warm: bool,
}

impl Pairs {
    pub(crate) fn push(&mut self, ours: f64, peer: f64) {
        if std::mem::replace(&mut self.warm, true) {
            self.runs.push((ours, peer));
        }
    }

    pub(crate) fn ours(&self) -> f64 {
        median(self.runs.iter().map(|(ours, _)| *ours).collect())
    }

    pub(crate) fn peer(&self) -> f64 {
        median(self.runs.iter().map(|(_, peer)| *peer).collect())
    }

    /// The median of the ratios of all pairs.
    pub(crate) fn ratio(&self) -> f64 {
        median(self.runs.iter().map(|(ours, peer)| ours / peer).collect())
    }
}
