//! The contract of a store, for those who implement one.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation, OperationName, Page,
    Record, Release, Report, RequestKey, Sweep, View, WorkerId, WriteResult,
};

/// The most items of one batch, and the highest limit, that a store is ever called with.
pub const MAX_BATCH: usize = 1_000;

/// Keeps operations, and the workers that run them. Callers find single-item forms of these methods in
/// [`StoreExt`](crate::StoreExt).
///
/// The words MUST, SHOULD and MAY are those of RFC 2119.
///
/// **State.** Every change of an operation MUST be one that the pure functions on [`View`] make, and every
/// change of a worker one of those on [`Worker`](crate::Worker); a store decides when, never what.
///
/// **Batches.** Methods that take several items answer each, in the order of the items. Items are
/// independent: one that is refused MUST NOT keep the others from taking effect. An empty batch MUST succeed
/// without effect. A store SHOULD commit a batch at once. A caller MUST NOT send more than [`MAX_BATCH`] items,
/// a limit beyond it, or two items for one operation; a store may rely on that. Only new operations of one
/// batch may concern each other, by their request key or their exclusive key; they take effect in their order.
///
/// **Atomicity.** Each item MUST take effect wholly or not at all, and as if at one moment between call and
/// return. Reading an operation, checking the fence, the request key or the exclusive key and writing the
/// result is one such moment: of two workers that claim one operation exactly one gets it, of two equal
/// requests exactly one creates an operation, and of the operations of one exclusive key at most one runs.
///
/// **Transactions of others.** An item may come with something to write in the same transaction
/// ([`InTransaction`](crate::InTransaction)). A store that knows it MUST run it once the item is known to apply, and both
/// MUST take effect together or not at all. Its error MUST be the answer `Refused`, unless it is a failure of the store
/// itself. It MAY be run more than once, with the effects of all runs but the last rolled back. A store that does not
/// know it MUST answer `Refused` too, and change nothing.
///
/// **Durability.** When a method returns `Ok`, what it changed MUST survive a crash of the process and, for a
/// store that says so, of the machine; signs of life and metadata alone MAY get lost with the machine. Reads
/// MUST see every write that returned before they began.
///
/// **Expiry.** An operation whose retention is over ([`View::is_expired`]) MUST be as if it did not exist, for
/// every method, whether or not it has been purged.
///
/// **Content.** Payloads and the messages of failures are whatever a request or a worker made them: any bytes
/// and any UTF-8, with NUL. They MUST read back exactly as they were; where a database's text has limits,
/// that takes a binary column. Names, owners, request ids, exclusive keys, method paths and worker ids are what
/// a store looks for: text without NUL, that MUST be compared byte by byte, whatever the collation.
///
/// **Bounded time.** Every call MUST end within a time that the store states or lets its user set; what takes
/// longer MUST fail as [`Error::unavailable`]. A caller that gives up earlier may drop any of these futures. The
/// effect then MUST be whole or absent.
///
/// **Time.** All points in time MUST come from one clock of the store. Callers only hand in durations.
///
/// **Limits.** A limit is the most that a call does. It MAY do less, also where there is more to do, but MUST get
/// on: what a call passes over MUST NOT keep all that is behind it from being reached by later calls.
///
/// **Errors.** A method returns `Err` only when the store failed; then any part of a batch MAY have taken
/// effect. [`Error::unavailable`] MUST be used for exactly what a later try can overcome. A fence that does not
/// hold, or a name that is taken, is an answer and not an error.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// Creates operations.
    ///
    /// The answer to each is the first of these that applies, also counting what is earlier in the batch:
    ///
    /// - [`Creation::Invalid`] when the store cannot keep it, among others for its
    ///   [`fault`](NewOperation::fault).
    /// - [`Creation::Repeated`] when an operation of the same request key exists, in whatever state. So the
    ///   repeat of a call whose answer got lost finds what that call created, although this has its name and
    ///   holds its exclusive key.
    /// - [`Creation::NameTaken`].
    /// - [`Creation::KeyHeld`], naming the [`holder`](crate::holder), when others that are not done have the
    ///   exclusive key and it is to abort.
    /// - [`Creation::Refused`], when what is to be written along cannot be.
    /// - [`Creation::Full`], which only a store with a limit of its own gives.
    /// - [`Creation::Created`], with the view as created by [`NewOperation::into_record`] now. The worker that
    ///   claims it may have it if that worker is alive ([`Worker::is_alive`](crate::Worker::is_alive)) and no
    ///   other operation that is not done has the exclusive key. With
    ///   [`OnConflict::Preempt`](crate::OnConflict::Preempt), all others of the key MUST be asked to stop in the
    ///   same moment ([`View::request_stop`]); whether one is left decides whether it may run, and the answer
    ///   MUST have all those that have ended by this.
    ///
    /// A refused item MUST leave nothing behind. Who is the oldest of a key is decided by creation time, which
    /// does not say who commits first: a store MUST keep others from creating or claiming under a key
    /// meanwhile, such as by a lock on the key.
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error>;

    /// Reads operations by name; `None` for those that do not exist.
    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error>;

    /// Reads the operation that a request has started, whole; `None` if there is none, or none any more.
    ///
    /// A request key MUST be known for as long as the operation exists, and free as soon as it is deleted or
    /// expired.
    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error>;

    /// Reads a page of the operations that [`ListQuery::selects`], newest first: by creation time, then by name
    /// in byte order, both descending.
    ///
    /// With `query.owner` of somebody a store SHOULD look at what is theirs alone: callers who see only their own would else
    /// be given short pages by what others have.
    ///
    /// A page MUST hold only operations after `query.after` in that order, at most `query.limit`, and end before
    /// the sizes of its views exceed `query.max_bytes`, after at least one. It MAY be shorter, even empty, which
    /// bounds what one call looks at; only a page without `next` is the last. Going from page to page MUST meet
    /// every operation that is selected throughout exactly once, whatever is created or deleted meanwhile.
    async fn list(&self, query: &ListQuery) -> Result<Page, Error>;

    /// Forgets operations in whatever state; whether each existed. Work that runs goes on and learns it from its
    /// next write.
    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error>;

    /// Applies [`View::request_stop`] with [`StopReason::Cancelled`](crate::StopReason::Cancelled); whether each
    /// operation exists.
    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error>;

    /// A sign of life of a worker: applies [`Worker::keep_alive`](crate::Worker::keep_alive), or
    /// [`Worker::new`](crate::Worker::new) if the store does not know it. Tells which of its operations are asked
    /// to stop, also if it is gone.
    ///
    /// What this costs MUST NOT grow with what the worker runs.
    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error>;

    /// The end of a worker: applies [`Worker::leave`](crate::Worker::leave) and [`View::reclaim`] to all that it
    /// has; how many, and which of them have ended by this. One that the store does not know is gone from now on too.
    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error>;

    /// Takes back what others have whose lease is over or who are gone: declares the former gone and applies
    /// [`View::reclaim`] to at most `limit` operations; how many, and which of them have ended by this.
    ///
    /// It MUST do nothing unless the worker that asks [may](crate::Worker::may_reclaim). What belongs to a worker
    /// that the store does not know MUST be taken back like that of one that is gone. Whoever runs operations
    /// calls this at intervals, or the work of lost workers stays where it is.
    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error>;

    /// What a worker has: at most `limit` of its running operations, by name in byte order, after a name.
    ///
    /// A worker asks for this when a call failed whose effect it does not know, to hand back what it was given
    /// without its knowledge.
    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error>;

    /// Gives work to a worker: queued operations of the given methods, as running ones.
    ///
    /// A worker that is not alive MUST get nothing. An operation with an exclusive key MUST be the
    /// [`holder`](crate::holder) of its key. Of those that [`View::claim`] lets begin, the ones of the highest
    /// priority SHOULD come first, and of these the oldest, by creation time and then by name; a store MAY pass
    /// over one that another call has locked. Two calls, even at the same time, MUST NOT return the same attempt.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error>;

    /// Applies [`View::report`], and replaces the checkpoint if there is one to report.
    ///
    /// A checkpoint MUST be durable when this returns.
    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error>;

    /// Applies [`View::finish`]. At most one outcome MUST ever be committed for one operation.
    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error>;

    /// Applies [`View::release`].
    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error>;

    /// Applies [`View::expire`] to at most `limit` operations that are past their deadline; how many, and which of
    /// them have ended by this.
    async fn expire(&self, limit: usize) -> Result<Sweep, Error>;

    /// Removes at most `limit` operations whose retention is over; how many. Also forgets workers that
    /// [may be forgotten](crate::Worker::is_forgettable).
    ///
    /// What a store removes as a whole, such as a partition of a table, does not count.
    async fn purge(&self, limit: usize) -> Result<usize, Error>;

    /// Hints of changes by any process, from now on.
    ///
    /// A hint MUST NOT come before its change can be read. When an operation becomes claimable, also by the end
    /// of another one that held its key, but not merely because its time has come, there SHOULD be a hint of its
    /// method. There SHOULD be one when an operation that was not done ends, when running work is asked to stop,
    /// and when an operation is deleted; what expires or is purged needs none. Hints SHOULD come soon, MAY come
    /// without need, and MAY be lost, in which case a store that notices it MUST send
    /// [`Change::Resync`](crate::Change::Resync); a caller must stay correct without any.
    fn changes(&self) -> Changes;
}
