//! What clients ask, and what they are answered.

use serde::{Deserialize, Serialize};

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// To start an operation.
    Start {
        /// The id of the request: what repeats have in common.
        request_id: String,
        /// What kind of operation.
        plan: Plan,
    },
    /// For an operation's state.
    Get {
        /// The operation's name.
        operation: String,
    },
    /// For an operation's state when it is done, or at the end of a time.
    Wait {
        /// The operation's name.
        operation: String,
        /// The time, in milliseconds.
        millis: u64,
    },
    /// That the work of an operation stops.
    Cancel {
        /// The operation's name.
        operation: String,
    },
    /// That an operation is forgotten.
    Delete {
        /// The operation's name.
        operation: String,
    },
    /// To end an operation that others finish.
    Complete {
        /// The operation's name.
        operation: String,
        /// The text of its response.
        text: String,
    },
    /// For the names of all operations. It is several calls if there are several pages.
    List,
}

/// What kind of operation a start is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The exclusive key, if it has one.
    pub key: Option<String>,
    /// Whether it pre-empts others of its key.
    pub preempts: bool,
    /// Who does the work.
    pub work: Work,
    /// Whether it has a deadline.
    pub deadline: bool,
    /// How often its work may begin.
    pub max_attempts: u32,
}

/// Who does the work of an operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The handler.
    #[default]
    Handler,
    /// Others, who show a token.
    Others,
    /// Nobody: it is done from the first.
    Nobody,
}

/// How a call has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// With an operation's state.
    Operation(Seen),
    /// With success, and nothing more to say.
    Empty,
    /// With whether a completion was the one that counted.
    Completion {
        /// It was.
        applied: bool,
    },
    /// With the names of all operations.
    List {
        /// The names.
        names: Vec<String>,
    },
    /// With an error of the server.
    Error {
        /// The code's number.
        code: i32,
        /// The message.
        message: String,
    },
    /// Without an answer, because the client went away on purpose. Whether it had an effect is unknown.
    GivenUp,
    /// Without an answer, because a connection or a process came to its end, or the client's patience did. Whether it had
    /// an effect is unknown.
    Lost {
        /// Why.
        why: String,
    },
}

/// An operation as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The operation's name.
    pub name: String,
    /// Its progress: of which attempt, and how far.
    pub progress: Option<(u32, u64)>,
    /// Its outcome, if it is done.
    pub outcome: Option<Outcome>,
}

/// How an operation has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With a response of this text.
    Response(String),
    /// With an error.
    Error {
        /// The code's number.
        code: i32,
        /// The message.
        message: String,
    },
}
