//! The work: what a request asks of its handler.

use std::time::Duration;

use lro::Method;
use prost::{Message, Name};

use test_tools::Dice;

pub(crate) const WORK: Method<Job, Done, Progress> =
    Method::new("/simulation.Service/Work", "simulation.Job", "simulation.Done", "simulation.Progress")
        .with_request_id(|job: &Job| &job.request_id, |job, id| job.request_id = id);

/// A request. Its script is decided when it is made, so that every attempt, wherever it runs, does the same.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Job {
    #[prost(string, tag = "1")]
    pub(crate) request_id: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) steps: Vec<Step>,
    /// How each attempt ends; the last entry is for all that follow.
    #[prost(enumeration = "Ending", repeated, tag = "3")]
    pub(crate) endings: Vec<i32>,
    /// Whether the work goes on though it is asked to stop.
    #[prost(bool, tag = "4")]
    pub(crate) stubborn: bool,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Step {
    #[prost(uint64, tag = "1")]
    pub(crate) sleep_millis: u64,
    #[prost(bool, tag = "2")]
    pub(crate) progress: bool,
    #[prost(bool, tag = "3")]
    pub(crate) checkpoint: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Ending {
    Succeed = 0,
    Fail = 1,
    /// Asks to be tried again.
    Retry = 2,
    /// Fails with the code that the operation's policy tries again.
    Transient = 3,
    Panic = 4,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Done {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Progress {
    #[prost(uint64, tag = "1")]
    pub(crate) number: u64,
}

/// A checkpoint.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Place {
    #[prost(uint64, tag = "1")]
    pub(crate) number: u64,
}

impl Name for Place {
    const NAME: &'static str = "Place";
    const PACKAGE: &'static str = "simulation";
}

impl Job {
    pub(crate) fn random(dice: &Dice, request_id: String) -> Self {
        let step = |_| Step {
            sleep_millis: u64::try_from(random_sleep(dice).as_millis()).unwrap_or_default(),
            progress: dice.happens(500),
            checkpoint: dice.happens(250),
        };
        let ending = |_| match dice.below(20) {
            0..=1 => Ending::Fail,
            2..=4 => Ending::Retry,
            5 => Ending::Transient,
            6 => Ending::Panic,
            _ => Ending::Succeed,
        };
        Self {
            request_id,
            steps: (0..dice.below(4)).map(step).collect(),
            endings: (0..=dice.below(3)).map(ending).map(i32::from).collect(),
            stubborn: dice.happens(100),
        }
    }

    /// How this attempt ends, counted from 1.
    pub(crate) fn ending(&self, attempt: u32) -> Ending {
        let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let ending = self.endings.get(at).or(self.endings.last()).copied().unwrap_or_default();
        Ending::try_from(ending).unwrap_or(Ending::Succeed)
    }
}

/// Mostly short, at times longer than a lease.
fn random_sleep(dice: &Dice) -> Duration {
    match dice.below(10) {
        0..=3 => Duration::ZERO,
        4..=6 => dice.millis(1..500),
        7..=8 => dice.millis(500..6_000),
        _ => dice.millis(6_000..25_000),
    }
}
