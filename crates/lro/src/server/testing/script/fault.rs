//! What goes wrong with a call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tonic::Status;

use super::call::{Call, Rpc};

/// What happens to calls in place of their answer.
///
/// A fault meets all calls that arrive until [`ScriptedServer::heal`](super::ScriptedServer::heal), unless it says which and how many. Each
/// call meets one fault at most: the first of those that were added, are not used up and fit.
#[derive(Clone)]
#[must_use = "it does nothing before it is given to `ScriptedServer::fault`"]
pub struct Fault {
    pub(super) effect: Effect,
    /// Whether the call is carried out although its answer is another one.
    pub(super) executes: bool,
    pub(super) delay: Duration,
    rpcs: Vec<Rpc>,
    left: Option<usize>,
    condition: Option<Condition>,
    until_changed: Option<Watched>,
}

/// A key of the metadata, and its value in the first call that had to do with the fault. None is the same as an empty one.
#[derive(Debug, Clone)]
struct Watched {
    key: String,
    first: Option<String>,
}

type Condition = Arc<dyn Fn(&Call) -> bool + Send + Sync>;

/// What takes the place of the answer.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    /// Nothing does.
    Answer,
    Status(Status),
    Http {
        code: u16,
        content_type: &'static str,
        body: String,
    },
    Cut(Cut),
    Hang,
    Unreachable(String),
    Transport(String),
}

/// Where an answer ends too early.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    BeforeTrailers,
    BeforeMessage,
    InMessage,
}

impl Fault {
    fn new(effect: Effect, executes: bool) -> Self {
        Self {
            effect,
            executes,
            delay: Duration::ZERO,
            rpcs: Vec::new(),
            left: None,
            condition: None,
            until_changed: None,
        }
    }

    /// Calls are answered with `status`, with its message, details and metadata. They are not carried out.
    pub fn status(status: Status) -> Self {
        Self::new(Effect::Status(status), false)
    }

    /// Calls are answered by a proxy with an error in HTML. `code` is the status of HTTP, such as 502. They do not reach the server's methods.
    pub fn proxy(code: u16) -> Self {
        Self::http(
            code,
            "text/html",
            format!("<html><head><title>{code}</title></head><body>nginx</body></html>"),
        )
    }

    /// Calls are answered with HTTP that is not gRPC. An empty `content_type` leaves the header out.
    ///
    /// # Panics
    /// A call that meets the fault does, if `code` or `content_type` cannot stand in HTTP.
    pub fn http(code: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self::new(Effect::Http { code, content_type, body: body.into() }, false)
    }

    /// The answer has its message, and ends without the trailers that say whether the call has succeeded.
    pub fn without_trailers() -> Self {
        Self::new(Effect::Cut(Cut::BeforeTrailers), true)
    }

    /// The answer says that the call has succeeded, and has no message.
    pub fn without_message() -> Self {
        Self::new(Effect::Cut(Cut::BeforeMessage), true)
    }

    /// The answer ends in the middle of its message.
    pub fn half_a_message() -> Self {
        Self::new(Effect::Cut(Cut::InMessage), true)
    }

    /// Calls are swallowed: they are never answered, not even at their deadline, and not carried out.
    pub fn hang() -> Self {
        Self::new(Effect::Hang, false)
    }

    /// Calls are carried out after `delay`, and then answered as they should be.
    pub fn slow(delay: Duration) -> Self {
        Self::new(Effect::Answer, true).delayed(delay)
    }

    /// There is no connection to send calls over, as when the host is not known or nothing listens there.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::new(Effect::Unreachable(message.into()), false)
    }

    /// The transport fails with an error of its own, as a tower layer may.
    pub fn transport(message: impl Into<String>) -> Self {
        Self::new(Effect::Transport(message.into()), false)
    }

    /// Only calls of this RPC meet the fault. It can be said several times, for several RPCs.
    pub fn on(mut self, rpc: Rpc) -> Self {
        self.rpcs.push(rpc);
        self
    }

    /// Only the next `count` calls meet the fault.
    pub fn times(mut self, count: usize) -> Self {
        self.left = Some(count);
        self
    }

    /// Only calls for which `condition` is true meet the fault: those with an old token, or about one operation. It is asked only about calls that fit otherwise, and must not add or remove faults itself.
    pub fn when(mut self, condition: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        self.condition = Some(Arc::new(condition));
        self
    }

    /// Only calls with the same metadata under `key` as the first of them meet the fault: with UNAUTHENTICATED and `authorization`, those
    /// whose token has not been renewed.
    pub fn until_changed(mut self, key: impl Into<String>) -> Self {
        self.until_changed = Some(Watched { key: key.into(), first: None });
        self
    }

    /// The call meets the fault only after `delay`.
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The call is carried out first, and then its answer is lost: the operation was started, and the client sees an error.
    pub fn after_execution(mut self) -> Self {
        self.executes = true;
        self
    }

    fn fits(&mut self, call: &Call) -> bool {
        self.left != Some(0)
            && (self.rpcs.is_empty() || self.rpcs.contains(&call.rpc))
            && self.condition.as_ref().is_none_or(|condition| condition(call))
            && self.until_changed.as_mut().is_none_or(|watched| watched.is_unchanged(call))
    }
}

impl Watched {
    fn is_unchanged(&mut self, call: &Call) -> bool {
        let value = call.header(&self.key).unwrap_or_default();
        self.first.get_or_insert_with(|| value.to_owned()) == value
    }
}

/// The fault that `call` meets, which has one time less after that.
pub(super) fn meet(faults: &mut [Fault], call: &Call) -> Option<Fault> {
    let fault = faults.iter_mut().find_map(|fault| fault.fits(call).then_some(fault))?;
    if let Some(left) = &mut fault.left {
        *left -= 1;
    }
    Some(fault.clone())
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("effect", &self.effect)
            .field("executes", &self.executes)
            .field("delay", &self.delay)
            .field("rpcs", &self.rpcs)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
