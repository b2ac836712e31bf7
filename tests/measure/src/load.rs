//! Callers that call as fast as they are answered.

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Outcome;
use crate::figures::count;
use crate::process::cpu_time;

/// How many callers share the connections.
pub const CALLERS: usize = 64;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// How long each call took.
    pub latencies: Vec<Duration>,
    took: Duration,
    cpu: Duration,
}

impl Run {
    /// How many calls were answered.
    pub fn calls(&self) -> usize {
        self.latencies.len()
    }

    /// Calls a second.
    pub fn rate(&self) -> f64 {
        count(self.calls()) / self.took.as_secs_f64()
    }

    /// Calls a second of processor time, that of the callers included. What else the machine does changes it less.
    pub fn rate_of_cpu(&self) -> f64 {
        count(self.calls()) / self.cpu.as_secs_f64()
    }

    /// Adds the processor time of a process that works for the callers.
    pub fn add_cpu(&mut self, time: Duration) {
        self.cpu += time;
    }

    /// Counts what came of another run as well.
    pub fn add(&mut self, slice: Self) {
        self.latencies.extend(slice.latencies);
        self.took += slice.took;
        self.cpu += slice.cpu;
    }
}

/// Has all callers call for a while. `call` is given a connection and a number that no other call has.
///
/// # Errors
/// The first call that fails ends all.
pub async fn run<C, F, Fut, E>(connections: &[C], time: Duration, call: F) -> Outcome<Run>
where
    C: Clone + Send + 'static,
    F: Fn(C, usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send,
    E: Error + Send + Sync + 'static,
{
    run_by(CALLERS, connections, time, call).await
}

/// [`run`] with another number of callers.
///
/// # Errors
/// The first call that fails ends all.
pub async fn run_by<C, F, Fut, E>(callers: usize, connections: &[C], time: Duration, call: F) -> Outcome<Run>
where
    C: Clone + Send + 'static,
    F: Fn(C, usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send,
    E: Error + Send + Sync + 'static,
{
    let (began, cpu) = (Instant::now(), cpu_time()?);
    let mut calling = JoinSet::new();
    for caller in 0..callers {
        let (connection, call) = (connections[caller % connections.len()].clone(), call.clone());
        calling.spawn(async move {
            let mut latencies = Vec::new();
            while began.elapsed() < time {
                let called = Instant::now();
                call(connection.clone(), latencies.len() * callers + caller).await?;
                latencies.push(called.elapsed());
            }
            Ok::<_, E>(latencies)
        });
    }
    let mut run = Run::default();
    while let Some(latencies) = calling.join_next().await {
        run.latencies.extend(latencies??);
    }
    run.took = began.elapsed();
    run.cpu = cpu_time()?.saturating_sub(cpu);
    Ok(run)
}
