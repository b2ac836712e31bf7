//! The work: what a request asks of the service and of its handler.

use std::time::Duration;

use lro::store::FailureCode;
use lro::{Method, OnConflict, Retry, Start};
use prost::{Message, Name};

use crate::event::{Plan, Work};

pub(crate) const WORK: Method<Job, Done, Progress> =
    Method::new(START_PATH, "chaos.Job", "chaos.Done", "chaos.Progress")
        .with_request_id(|job: &Job| &job.request_id, |job, id| job.request_id = id);

pub(crate) const START_PATH: &str = "/chaos.Jobs/Start";
pub(crate) const COMPLETE_PATH: &str = "/chaos.Jobs/Complete";

/// The code that all operations try again without being asked.
const TRANSIENT: FailureCode = FailureCode::UNAVAILABLE;

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
    #[prost(message, required, tag = "5")]
    pub(crate) options: Options,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Step {
    #[prost(uint64, tag = "1")]
    pub(crate) sleep_millis: u64,
    #[prost(bool, tag = "2")]
    pub(crate) progress: bool,
    #[prost(bool, tag = "3")]
    pub(crate) checkpoint: bool,
    /// What the step waits for, if it waits for something: see [`gate`](crate::gate).
    #[prost(string, tag = "4")]
    pub(crate) gate: String,
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

/// What the start hook is to decide.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Options {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(enumeration = "Conflict", tag = "2")]
    pub(crate) conflict: i32,
    #[prost(uint64, tag = "3")]
    pub(crate) deadline_millis: u64,
    #[prost(uint64, tag = "4")]
    pub(crate) delay_millis: u64,
    #[prost(uint32, tag = "5")]
    pub(crate) max_attempts: u32,
    #[prost(int32, tag = "6")]
    pub(crate) priority: i32,
    #[prost(uint64, tag = "7")]
    pub(crate) retry_millis: u64,
    #[prost(enumeration = "Who", tag = "8")]
    pub(crate) who: i32,
    #[prost(string, tag = "9")]
    pub(crate) parent: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Conflict {
    Abort = 0,
    Queue = 1,
    Preempt = 2,
}

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Who {
    Handler = 0,
    Others = 1,
    Nobody = 2,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Done {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Progress {
    #[prost(uint32, tag = "1")]
    pub(crate) attempt: u32,
    #[prost(uint64, tag = "2")]
    pub(crate) number: u64,
    /// The token of an operation that others finish. Clients of a real service would not get it this way.
    #[prost(string, tag = "3")]
    pub(crate) token: String,
}

/// A checkpoint: its number is the step's times a thousand, and that of the attempt.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Place {
    #[prost(uint64, tag = "1")]
    pub(crate) number: u64,
}

impl Name for Place {
    const NAME: &'static str = "Place";
    const PACKAGE: &'static str = "chaos";
}

/// A request to end an operation that others finish.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Completion {
    #[prost(string, tag = "1")]
    pub(crate) token: String,
    #[prost(string, tag = "2")]
    pub(crate) text: String,
}

/// Whether a completion was the one that counted.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Completed {
    #[prost(bool, tag = "1")]
    pub(crate) applied: bool,
}

impl Job {
    /// How this attempt ends, counted from 1.
    pub(crate) fn ending(&self, attempt: u32) -> Ending {
        let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let ending = self.endings.get(at).or(self.endings.last()).copied().unwrap_or_default();
        Ending::try_from(ending).unwrap_or(Ending::Succeed)
    }
}

impl Options {
    /// What the checker has to know of it.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            key: (!self.key.is_empty()).then(|| self.key.clone()),
            preempts: self.conflict() == Conflict::Preempt,
            work: match self.who() {
                Who::Handler => Work::Handler,
                Who::Others => Work::Others,
                Who::Nobody => Work::Nobody,
            },
            deadline: self.deadline_millis > 0,
            max_attempts: self.max_attempts,
        }
    }

    /// What the start hook says.
    pub(crate) fn start(&self) -> Start<Progress> {
        let mut start = match self.who() {
            Who::Handler => Start::new(),
            Who::Others => Start::delegated(),
            Who::Nobody => Start::done(Done { text: "at once".into() }),
        };
        if !self.key.is_empty() {
            let conflict = match self.conflict() {
                Conflict::Abort => OnConflict::Abort,
                Conflict::Queue => OnConflict::Queue,
                Conflict::Preempt => OnConflict::Preempt,
            };
            start = start.exclusive(&self.key, conflict);
        }
        if self.deadline_millis > 0 {
            start = start.deadline(Duration::from_millis(self.deadline_millis));
        }
        if self.delay_millis > 0 {
            start = start.delay(Duration::from_millis(self.delay_millis));
        }
        let retry = Retry::default().initial_delay(Duration::from_millis(self.retry_millis));
        start = start
            .parent(&self.parent)
            .max_attempts(self.max_attempts)
            .priority(i16::try_from(self.priority).unwrap_or_default())
            .retry(retry.max_delay(Duration::from_secs(3)).on(TRANSIENT));
        // The name is part of the token, so this comes last.
        match start.token() {
            Ok(Some(token)) => start.metadata(Progress { token: token.to_string(), ..Progress::default() }),
            _ => start,
        }
    }
}
