//! What happens in a run, as it is written down.

mod call;

use serde::{Deserialize, Serialize};

pub use self::call::{Answer, Outcome, Plan, Request, Seen, Work};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in microseconds since the run began, by the machine's monotonic clock, which all processes share.
    pub at: u64,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The run begins.
    Run {
        /// What chose faults and work.
        seed: u64,
        /// Whether the engines are set to be strict: then no two attempts of any operation may overlap.
        strict: bool,
        /// How long a process may be silent, in microseconds.
        lease: u64,
        /// How often a process looks for what no hint has told, in microseconds.
        poll: u64,
    },
    /// A process was started.
    Spawn {
        /// Which process.
        process: u32,
        /// What it does.
        role: String,
    },
    /// A process is about to be killed: nothing that it does counts from here on.
    Kill {
        /// Which process.
        process: u32,
    },
    /// A process is about to be stopped in the middle of what it does.
    Pause {
        /// Which process.
        process: u32,
    },
    /// A process may go on.
    Resume {
        /// Which process.
        process: u32,
    },
    /// A process was asked to end by itself.
    Drain {
        /// Which process.
        process: u32,
    },
    /// A process that was asked to end by itself has not done so for long.
    Stuck {
        /// Which process.
        process: u32,
    },
    /// A process has ended by itself.
    Exit {
        /// Which process.
        process: u32,
        /// With what status, as text.
        status: String,
    },
    /// The store goes away for everybody, or cannot be relied on to answer.
    StoreDown {
        /// How.
        how: String,
        /// For whom, and what else there is to say.
        of: String,
    },
    /// The store is back, as often as it went away.
    StoreUp,
    /// The server of the store is gone without having written what it was allowed to write later, and starts again or is replaced.
    Crash,
    /// The clock of the store has stepped.
    ClockStep {
        /// How far; back if it is negative.
        micros: i64,
        /// When: within so many microseconds, until now.
        took: u64,
    },
    /// A process noticed that it did not run for a while.
    Stall {
        /// Which process; 0 is the one that runs all others.
        process: u32,
        /// How long it was late, in microseconds, until now.
        micros: u64,
    },
    /// From here on nothing goes wrong any more.
    Calm,
    /// From here on the last looks are taken: all operations must have ended.
    Audit,
    /// A client makes a call.
    Call {
        /// Its number; each has another one.
        call: u64,
        /// Which process it asks.
        process: u32,
        /// What it asks.
        request: Request,
    },
    /// A call has ended.
    Answer {
        /// The call's number.
        call: u64,
        /// How.
        answer: Answer,
    },
    /// A handler begins.
    Begin {
        /// Which attempt.
        attempt: AttemptId,
        /// How many attempts there may be, as the handler was told.
        max_attempts: u32,
        /// The id of the request that the handler was given.
        request_id: String,
        /// The checkpoint that it goes on from.
        checkpoint: Option<u64>,
    },
    /// A handler is about to store a checkpoint.
    Checkpoint {
        /// Which attempt.
        attempt: AttemptId,
        /// The checkpoint; each is greater than the one before.
        number: u64,
    },
    /// A handler was told that a checkpoint is stored.
    Checkpointed {
        /// Which attempt.
        attempt: AttemptId,
        /// The checkpoint.
        number: u64,
    },
    /// A handler is about to return.
    Reach {
        /// Which attempt.
        attempt: AttemptId,
        /// What it returns.
        reached: Reached,
    },
    /// A handler was dropped before it returned.
    Drop {
        /// Which attempt.
        attempt: AttemptId,
    },
}

/// One attempt of an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AttemptId {
    /// The operation's name.
    pub operation: String,
    /// Which attempt, from 1.
    pub number: u32,
    /// Where it runs.
    pub process: u32,
}

/// What a handler returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// A response with this text.
    Response(String),
    /// An error with this message.
    Error(String),
    /// An error with this message, after which the work is to be tried again.
    Retry(String),
    /// Nothing: it panics.
    Panic,
    /// The error that goes with having been asked to stop.
    Stopped,
    /// The error that goes with having been told that another attempt has taken the operation over.
    Lost,
}
