//! The contract of a store, for those who implement one.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Changes, Error, LeaseId, NewOperation, OperationName, Outcome, ParentPattern, Payload, Record,
    RequestKey, Timestamp, WorkerId,
};

/// Keeps operations. Callers find single-item forms of these methods in [`StoreExt`](crate::StoreExt).
///
/// The words MUST, SHOULD and MAY are those of RFC 2119.
///
/// **State.** Every change MUST be one that the pure functions on [`Record`] make; a store decides when,
/// never what.
///
/// **Batches.** Methods that take several items answer each, in the order of the items. Items are
/// independent: one that is refused MUST NOT keep the others from taking effect. Several items for one
/// operation MUST take effect in their order. An empty batch MUST succeed without effect. A store SHOULD
/// commit a batch at once. A caller MUST NOT send more than [`MAX_BATCH`] items, or a limit beyond it; a
/// store may rely on that.
///
/// **Atomicity.** Each item MUST take effect wholly or not at all, and as if at one moment between call and
/// return. Reading a record, checking the fence, the request key or the exclusive key and writing the result
/// is one such moment: of two workers that claim one operation exactly one gets it, and of two equal requests
/// exactly one creates an operation.
///
/// **Durability.** When a method returns `Ok`, what it changed MUST survive a crash of the process and, for a
/// store that says so, of the machine. Reads MUST see every write that returned before they began.
///
/// **Content.** Payloads and the messages of failures are whatever a request or a worker made them: any bytes
/// and any UTF-8, with NUL. They MUST read back exactly as they were; where a database's text has limits,
/// that takes a binary column. Names, request keys, exclusive keys, method paths and worker ids are what a
/// store looks for: text without NUL, that MUST be compared byte by byte, whatever the collation.
///
/// **Bounded time.** Every call MUST end within a time that the store states or lets its user set; what takes
/// longer MUST fail as [`Error::unavailable`]. A caller that gives up earlier may drop any of these futures. The
/// effect then MUST be whole or absent.
///
/// **Time.** All points in time MUST come from one clock of the store. Callers only hand in durations.
///
/// **Errors.** A batch method returns `Err` for the whole batch only when the store failed
/// ([`Error::is_unavailable`], [`Error::is_internal`]); then any part of it MAY have taken effect.
/// [`Error::unavailable`] MUST be used for exactly what a later try can overcome. A fence that no longer
/// holds is an answer and not an error.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// Creates operations, each queued or leased to a worker from the start.
    ///
    /// Per item, the record as created, or [`Error::invalid`] when the store cannot keep it, or the first of
    /// these that applies, which also count what is earlier in the batch:
    ///
    /// - [`Error::repeated`] with the record as it now stands, when one of the same request key exists, in
    ///   whatever state. It comes before all else, so that the repeat of a call whose answer got lost finds
    ///   what that call created, although this has its name and holds its exclusive key.
    /// - [`Error::already_exists`] when the name is taken.
    /// - [`Error::conflict`] when an operation that is not done holds the exclusive key.
    ///
    /// A refused item MUST leave nothing behind, its request key neither. The creation time MUST be the
    /// store's, in microseconds.
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Result<Record, Error>>, Error>;

    /// Reads operations by name; `None` for those that do not exist.
    async fn get(&self, names: &[OperationName]) -> Result<Vec<Option<Record>>, Error>;

    /// Reads the operation that a request has started; `None` if there is none, or none any more.
    ///
    /// A request key MUST be known for as long as the record exists, and free as soon as it is deleted or
    /// purged.
    async fn find(&self, request: &RequestKey) -> Result<Option<Record>, Error>;

    /// Reads a page of operations, newest first: by creation time, then by name in byte order, both
    /// descending.
    ///
    /// A page MUST hold only records after `query.after` in that order and at most `query.limit`; it MAY be
    /// shorter. Going from page to page MUST meet every record that exists throughout exactly once, whatever
    /// is created or deleted meanwhile.
    async fn list(&self, query: &ListQuery) -> Result<Page, Error>;

    /// Forgets an operation in whatever state; whether it existed. Work that runs goes on and learns it from
    /// its next write.
    async fn delete(&self, name: &OperationName) -> Result<bool, Error>;

    /// Applies [`Record::request_cancel`]; the record after it, or `None` if there is none.
    async fn request_cancel(&self, name: &OperationName) -> Result<Option<Record>, Error>;

    /// Gives work to a worker: queued operations of the given methods, as running records.
    ///
    /// The oldest SHOULD come first, by creation time; a store MAY pass over one that another call has locked.
    /// Two calls, even at the same time, MUST NOT return the same run. Work whose lease is over stays running
    /// until [`expire`](Self::expire) takes it back.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error>;

    /// Applies [`Record::expire`] to at most `limit` running operations whose lease is over, of whatever
    /// method; how many. Afterwards each is claimable or done.
    ///
    /// Fewer than `limit` means that none were left when it looked. The lease that ended first SHOULD come
    /// first. Whoever runs operations calls this at intervals, or the work of lost workers stays where it is.
    async fn expire(&self, limit: usize) -> Result<usize, Error>;

    /// Extends leases to `lease` from now, and tells how each stands.
    async fn heartbeat(&self, leases: &[LeaseId], lease: Duration) -> Result<Vec<LeaseStatus>, Error>;

    /// Replaces the metadata of running operations, and tells how each lease stands.
    async fn progress(&self, items: Vec<Progress>) -> Result<Vec<LeaseStatus>, Error>;

    /// Ends operations. At most one outcome MUST ever be committed for one operation.
    ///
    /// A repeat of a call that was committed but whose answer got lost says [`Fenced::Lost`]; the worker is
    /// free either way.
    async fn finish(&self, items: Vec<Finish>) -> Result<Vec<Fenced>, Error>;

    /// Hands unfinished work back, claimable at once.
    async fn release(&self, leases: &[LeaseId]) -> Result<Vec<Fenced>, Error>;

    /// Removes at most `limit` operations whose retention is over; how many.
    ///
    /// Fewer than `limit` is a hint that few or none are left, and that the next call can wait.
    async fn purge(&self, limit: usize) -> Result<usize, Error>;

    /// Hints of changes by any process, from now on.
    ///
    /// A hint MUST NOT come before its change can be read. Hints SHOULD come soon and MAY be lost, in which
    /// case a store that notices it MUST send [`ChangeEvent::Resync`](crate::ChangeEvent::Resync); a caller
    /// must stay correct without any.
    fn changes(&self) -> Changes;
}

/// The most items of one batch, and the highest limit, that a store is ever called with.
pub const MAX_BATCH: usize = 1_000;

/// Which operations to list.
///
/// A page has records whole, with requests and outcomes, each of which may be as large as the server admits.
/// For a full page that is [`MAX_BATCH`] times as much. A store MAY end a page early to stay below a size of
/// its own, after at least one record.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Of which parents.
    pub parent: ParentPattern,
    /// Where the page before ended; `None` to begin.
    pub after: Option<Cursor>,
    /// At most how many; from 1 to [`MAX_BATCH`].
    pub limit: usize,
}

/// A place in a list: the record it names and all newer ones are behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The creation time of the record.
    pub create_time: Timestamp,
    /// Its name, which decides between records of one time.
    pub name: OperationName,
}

impl From<&Record> for Cursor {
    fn from(record: &Record) -> Self {
        Self { create_time: record.create_time(), name: record.name().clone() }
    }
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The operations, newest first.
    pub records: Vec<Record>,
    /// Where the next page begins; `None` only at the end of the list.
    pub next: Option<Cursor>,
}

/// What work a worker asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who asks.
    pub worker: WorkerId,
    /// The methods it has handlers for.
    pub methods: Vec<Arc<str>>,
    /// At most how many operations, up to [`MAX_BATCH`].
    pub limit: usize,
    /// For how long.
    pub lease: Duration,
}

/// The latest metadata of running work.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The worker's right to write.
    pub lease: LeaseId,
    /// What it reports.
    pub metadata: Payload,
}

/// The end of running work.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The worker's right to write.
    pub lease: LeaseId,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseStatus {
    /// It holds, and the write took effect.
    Held {
        /// Whether the work is asked to stop.
        cancel_requested: bool,
    },
    /// Somebody else has the operation, or it is done. Stop: nothing that this run writes counts.
    Lost,
    /// The operation is forgotten. Nobody wants the result, and nobody else does the work.
    Deleted,
}

/// Whether a last write of a lease took effect. The lease is over in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// It did.
    Applied,
    /// Somebody else has the operation, or it is done; nothing changed.
    Lost,
    /// The operation is forgotten; nothing changed.
    Deleted,
}
