//! What is known of what to ask next.

use tokio::time::Instant;
use tonic::Code;

use crate::client::pause::{Backoff, Pauses};

/// What the poller of one operation does next, and when.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::client) struct Plan {
    pub(in crate::client) pauses: Pauses,
    /// The pauses after failures.
    pub(in crate::client) backoff: Backoff,
    /// When the last call began.
    pub(in crate::client) looked: Option<Instant>,
    /// When the server last told of the operation.
    pub(in crate::client) answered: Option<Instant>,
    /// When the next call is due; `None` for at once.
    pub(in crate::client) due: Option<Instant>,
    /// Whether the server has asked to be left alone until then.
    pub(in crate::client) is_told_to_wait: bool,
    /// Whether `GetOperation` is to decide about what `WaitOperation` has said.
    pub(in crate::client) confirms: bool,
    /// What `WaitOperation` was refused with, until `GetOperation` has decided.
    pub(in crate::client) refusal: Option<Code>,
    /// How many of the last calls of `WaitOperation`, in a row, were of no use.
    pub(in crate::client) useless_waits: u32,
    /// Whether the server has turned out not to have the RPC that streams states.
    pub(in crate::client) has_no_stream: bool,
    /// Since when there has been a stream, if there is one.
    pub(in crate::client) opened: Option<Instant>,
    /// The first of the calls that have failed since one succeeded.
    pub(in crate::client) failing_since: Option<Instant>,
    /// The code of the last of them, and how many had it.
    pub(in crate::client) alike: Option<(Code, u32)>,
}
