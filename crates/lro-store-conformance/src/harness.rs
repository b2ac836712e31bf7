//! What the suite needs to know of a store.

use std::error::Error as StdError;
use std::future::Future;

use lro_store::{ManualClock, Store};

/// Why a harness could not do what it was asked.
pub type HarnessError = Box<dyn StdError + Send + Sync>;

/// One place for data, such as a file or a schema, that begins empty and that one test has to itself. Tests run
/// in parallel, each with a harness of its own.
///
/// ```
/// use lro_store::{ManualClock, MemoryStore};
/// use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};
///
/// struct MemoryHarness(MemoryStore);
///
/// impl Harness for MemoryHarness {
///     type Store = MemoryStore;
///     const CAPABILITIES: Capabilities = Capabilities::new().hints(HintReach::EveryHandle);
///
///     async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
///         Ok(Self(MemoryStore::with_clock(clock)))
///     }
///
///     async fn connect(&self) -> Result<MemoryStore, HarnessError> {
///         Ok(self.0.clone())
///     }
/// }
/// ```
pub trait Harness: Sized + Send + Sync + 'static {
    /// The store.
    type Store: Store;

    /// What the store can do that not every store can. It chooses tests.
    const CAPABILITIES: Capabilities;

    /// How many sequences of calls the model test tries; the environment variable `PROPTEST_CASES` overrides it.
    const MODEL_CASES: u32 = 256;

    /// Makes a place for data. All its stores MUST read the time from `clock`.
    fn start(clock: ManualClock) -> impl Future<Output = Result<Self, HarnessError>> + Send;

    /// Opens a store on the data, such as another process would: with connections of its own, where it has any.
    ///
    /// Called any number of times while other stores are open. For a store that is
    /// [durable](Capabilities::durable), it is also called after all were dropped, and then finds the data.
    fn connect(&self) -> impl Future<Output = Result<Self::Store, HarnessError>> + Send;

    /// Removes the place. Called after the test, also if it failed, when all stores are dropped.
    fn stop(self) -> impl Future<Output = Result<(), HarnessError>> + Send {
        async { Ok(()) }
    }
}

/// What a store can do that not every store can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a harness has it as its `CAPABILITIES`"]
pub struct Capabilities {
    durable: bool,
    hints: HintReach,
    capacity: Option<usize>,
}

/// Whom hints of changes reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HintReach {
    /// Nobody. Whoever uses the store looks at intervals.
    Nobody,
    /// Readers of the store through which the change was made.
    SameHandle,
    /// Readers of every store on the same data.
    EveryHandle,
}

impl Capabilities {
    /// None of what is below.
    pub const fn new() -> Self {
        Self { durable: false, hints: HintReach::Nobody, capacity: None }
    }

    /// The data is there after all stores were dropped.
    pub const fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Hints come, and whom they reach. The suite waits for each, so they must not get lost in ordinary life.
    pub const fn hints(mut self, reach: HintReach) -> Self {
        self.hints = reach;
        self
    }

    /// It refuses new operations ([`Creation::Full`](lro_store::Creation::Full)) when it has about this many
    /// bytes of operations that are not done. A test fills it up, so a harness sets it low; the other tests
    /// need 32 MiB.
    pub const fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = Some(bytes);
        self
    }

    /// Whether the data is there after all stores were dropped.
    pub const fn is_durable(&self) -> bool {
        self.durable
    }

    /// Whether hints come at all.
    pub const fn has_hints(&self) -> bool {
        !matches!(self.hints, HintReach::Nobody)
    }

    /// Whether hints reach every store on the same data.
    pub const fn hints_reach_others(&self) -> bool {
        matches!(self.hints, HintReach::EveryHandle)
    }

    /// Whether it ever refuses new operations for want of room.
    pub const fn is_bounded(&self) -> bool {
        self.capacity.is_some()
    }

    /// Of how many bytes it has room, if that is bounded.
    pub const fn room(&self) -> Option<usize> {
        self.capacity
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::new()
    }
}
