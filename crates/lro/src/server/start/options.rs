//! What the start hook decides.

use std::any::Any;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lro_store::{
    DelegateId, InTransaction, InvalidName, NewOperation, OnConflict, OperationName, Parent, Retry,
};

use super::CompletionToken;
use crate::server::access::Caller;

/// What the start hook decides about an operation before it exists.
///
/// For a request that only asks for a check (`validate_only`, AIP-163) the hook is all that runs: what it returns is
/// checked and dropped. For the repeat of a request that has started an operation (`request_id`, AIP-155) it is
/// dropped too, and an error of the hook does not count. So a hook should change nothing itself.
///
/// ```
/// use std::time::Duration;
/// use lro::{OnConflict, Retry, Start};
///
/// let start: Start<()> = Start::new()
///     .parent("shelves/1")
///     .exclusive("shelves/1", OnConflict::Queue)
///     .retry(Retry::default().initial_delay(Duration::from_secs(2)))
///     .max_attempts(5)
///     .deadline(Duration::from_secs(3600));
/// # let _ = start;
/// ```
#[derive(Clone)]
#[must_use = "a start does nothing until a start hook returns it"]
pub struct Start<Meta> {
    pub(super) parent: String,
    pub(super) exclusive: Option<(String, OnConflict)>,
    pub(super) joins: bool,
    pub(super) metadata: Option<Meta>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) priority: i16,
    pub(super) max_attempts: NonZeroU32,
    pub(super) retry: Option<Retry>,
    pub(super) deadline: Option<Duration>,
    pub(super) delay: Duration,
    pub(super) retention: Option<Duration>,
    pub(super) in_transaction: Option<InTransaction>,
    pub(super) work: Work,
}

/// Who does the work.
#[derive(Clone)]
pub(super) enum Work {
    /// The handler.
    Handler,
    /// Whoever shows the id; the operation has this one.
    Delegate { random: u128, at: SystemTime, id: DelegateId },
    /// Nobody, because there is this response already.
    Response(Arc<dyn Any + Send + Sync>),
}

impl<Meta> Start<Meta> {
    /// An operation without parent and metadata, that excludes nothing and whose work may begin 25 times.
    pub fn new() -> Self {
        Self {
            parent: String::new(),
            exclusive: None,
            joins: false,
            metadata: None,
            labels: Vec::new(),
            priority: 0,
            max_attempts: NewOperation::DEFAULT_MAX_ATTEMPTS,
            retry: None,
            deadline: None,
            delay: Duration::ZERO,
            retention: None,
            in_transaction: None,
            work: Work::Handler,
        }
    }

    /// An operation that is done already, with this response: it is stored once and answered done, and no handler
    /// runs. The response has the type that the method's operations hold; another one is an error of the start.
    pub fn done<Res: Send + Sync + 'static>(response: Res) -> Self {
        Self { work: Work::Response(Arc::new(response)), ..Self::new() }
    }

    /// An operation that others finish, by its [`token`](Self::token), from any process on the same store
    /// ([`Engine::complete`](crate::Engine::complete)). No handler runs and no slot is taken.
    ///
    /// Give it a [`deadline`](Self::deadline), or it waits for ever when nobody comes. A cancellation ends it at
    /// once, and whoever finishes it later learns that. It can neither be delayed nor wait for an exclusive key.
    pub fn delegated() -> Self {
        Self::delegated_from(rand::random(), SystemTime::now(), rand::random())
    }

    /// [`delegated`](Self::delegated) with what is random in its name, its time, and what is random in its token, for
    /// tests that must repeat themselves.
    #[doc(hidden)]
    pub fn delegated_from(name: u128, at: SystemTime, token: u128) -> Self {
        let work = Work::Delegate { random: name, at, id: DelegateId::generate(token) };
        Self { work, ..Self::new() }
    }

    /// The right to finish this operation; `None` unless it is [`delegated`](Self::delegated). The operation's name
    /// is in it, so ask for it when the parent is set. It is good once the operation exists.
    ///
    /// # Errors
    /// When the parent cannot be.
    pub fn token(&self) -> Result<Option<CompletionToken>, InvalidName> {
        let Work::Delegate { id, .. } = &self.work else { return Ok(None) };
        let name = self.delegated_name()?;
        Ok(name.map(|name| CompletionToken::new(name, id.clone())))
    }

    /// The name of the resource that the operation belongs to; the operation's name begins with it (AIP-151).
    pub fn parent(mut self, parent: impl Into<String>) -> Self {
        self.parent = parent.into();
        self
    }

    /// Names what the operation must have to itself until it is done, and what happens when another operation has
    /// it. Keys are shared by all methods of a store.
    ///
    /// At most one operation of a key runs. Its work is stopped before another process could take it over, so it
    /// does not overlap with the next attempt either, unless it blocks its thread.
    ///
    /// Deleting an operation that is not done frees its key at once, though work that has begun goes on beside
    /// that of the next one; to stop it, cancel the operation and delete it when it is done.
    pub fn exclusive(mut self, key: impl Into<String>, on_conflict: OnConflict) -> Self {
        self.exclusive = Some((key.into(), on_conflict));
        self.joins = false;
        self
    }

    /// Has all who ask for the same at the same time share one operation: if one of this method that is not done has
    /// this key, that is the answer, as it now stands, and nothing is started. Otherwise this starts one that has it.
    ///
    /// The key is an [`exclusive`](Self::exclusive) one, of which an operation has only one, and everything that is said
    /// there holds. An operation of another method that has the key is no answer, nor is one that the caller may not see:
    /// then the start is refused, as with [`OnConflict::Abort`]. When the operation is done its key is free, so a later request starts anew; unlike a
    /// `request_id` (AIP-155), the key does not ask for equal requests.
    ///
    /// Those who share an operation share its fate: if one of them cancels it, it is cancelled for all, and one that is
    /// asked to stop is joined for as long as it has not ended. A process whose queue is full refuses a start before it
    /// looks for the key.
    ///
    /// ```
    /// use lro::Start;
    ///
    /// let start: Start<()> = Start::new().join("actions/5e884898");
    /// # let _ = start;
    /// ```
    pub fn join(mut self, key: impl Into<String>) -> Self {
        self.exclusive = Some((key.into(), OnConflict::Abort));
        self.joins = true;
        self
    }

    /// The parent, as it was given.
    pub(in crate::server) fn parent_name(&self) -> &str {
        &self.parent
    }

    /// Whether an operation that has the key is the answer.
    pub(in crate::server) fn joins(&self) -> bool {
        self.joins
    }

    /// What clients see before the work reports anything.
    pub fn metadata(mut self, metadata: Meta) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// A small text that the operation keeps under a key, for the handler to read
    /// ([`Context::labels`](crate::Context::labels)): at most 32, of 1 to 64 and up to 1,024 bytes, those of the
    /// [caller](Caller::label) included. The last value of a key counts.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((key.into(), value.into()));
        self
    }

    /// Of operations that wait for a slot, those of a higher priority begin first; 0 by default.
    pub fn priority(mut self, priority: i16) -> Self {
        self.priority = priority;
        self
    }

    /// How often the work may begin in all; 25 times by default, and at least once. An attempt counts when it was
    /// interrupted, by a crash or a shutdown, and when it asked to be tried again. After the last one the operation
    /// ends: as ABORTED if it was interrupted, with the last error if it asked to be tried again.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        self
    }

    /// Rules out a second attempt: [`max_attempts`](Self::max_attempts) of 1.
    pub fn at_most_once(self) -> Self {
        self.max_attempts(1)
    }

    /// How long to wait between attempts, and which errors are tried again without being asked
    /// ([`Context::retry_later`](crate::Context::retry_later)). A panic of the handler is an error of code INTERNAL, so
    /// it is tried again where the policy covers that code, and only there.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// How long after its start the operation ends with `DEADLINE_EXCEEDED` unless it is done. Work that runs is
    /// asked to stop first.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How long after its start the work may begin.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// How long the operation is kept once it is done, in place of the engine's
    /// [`retention`](crate::EngineBuilder::retention).
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = Some(retention);
        self
    }

    /// Writes this in the transaction that stores the operation, such as rows of the server's own: both are there, or
    /// neither. The engine's store makes it (`in_transaction` of lro-sqlite and lro-postgres).
    ///
    /// It runs when everything else is settled: not for a request that only asks for a check, nor for the repeat of one
    /// that has started an operation. An error of it is the error of the RPC: a `tonic::Status` as it is, and any other
    /// error as INTERNAL, with the error in the log.
    pub fn in_transaction(mut self, writes: InTransaction) -> Self {
        self.in_transaction = Some(writes);
        self
    }

    /// With the labels of a caller, unless there are others of their keys.
    pub(super) fn labelled_by(mut self, caller: &Caller) -> Self {
        let labels = caller.labels().map(|(key, value)| (key.to_owned(), value.to_owned()));
        self.labels.splice(0..0, labels);
        self
    }

    /// The name of an operation that others finish.
    pub(super) fn delegated_name(&self) -> Result<Option<OperationName>, InvalidName> {
        let Work::Delegate { random, at, .. } = &self.work else { return Ok(None) };
        let parent = Parent::parse(&self.parent)?;
        Ok(Some(OperationName::generate(&parent, (*at).into(), *random)))
    }
}

impl<Meta> Default for Start<Meta> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Meta: fmt::Debug> fmt::Debug for Start<Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("parent", &self.parent)
            .field("exclusive", &self.exclusive)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}
