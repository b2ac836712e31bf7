//! Running one test of the suite.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use lro_store::ManualClock;
use tokio::runtime::{Builder, Runtime};

use crate::{Capabilities, Harness};

/// After which time a test fails that does not end, such as one that waits for a hint. It is real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a test works with.
#[derive(Debug)]
pub(crate) struct Fixture<H: Harness> {
    harness: H,
    store: Option<H::Store>,
    pub(crate) clock: ManualClock,
}

impl<H: Harness> Fixture<H> {
    async fn start() -> Self {
        let clock = ManualClock::default();
        let harness = H::start(clock.clone()).await.expect("the harness makes a place for data");
        let mut fixture = Self { harness, store: None, clock };
        fixture.store = Some(fixture.connect().await);
        fixture
    }

    /// The store.
    pub(crate) fn store(&self) -> &H::Store {
        self.store.as_ref().expect("it is only gone while it is opened again")
    }

    /// Another store on the same data.
    pub(crate) async fn connect(&self) -> H::Store {
        self.harness.connect().await.expect("the harness opens a store")
    }

    /// Closes the store and opens it again. A test that has connected others has to drop these before.
    pub(crate) async fn reopen(&mut self) {
        self.store = None;
        self.store = Some(self.connect().await);
    }
}

/// Which runtime a test wants.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Threads {
    One,
    Several,
}

impl Threads {
    pub(crate) fn runtime(self) -> Runtime {
        let mut builder = match self {
            Self::One => Builder::new_current_thread(),
            Self::Several => Builder::new_multi_thread(),
        };
        builder.enable_all().build().expect("the system lets a runtime start")
    }
}

/// Runs a test on a fresh store, unless the store cannot do what it takes.
pub(crate) fn run<H: Harness>(
    promise: &str,
    capable: Option<fn(&Capabilities) -> bool>,
    threads: Threads,
    test: impl AsyncFnOnce(&mut Fixture<H>),
) {
    if capable.is_some_and(|capable| !capable(&H::CAPABILITIES)) {
        // Not by a macro, whose output the test harness hides when a test passes.
        let line = format!("skipped: {promise} (the store's capabilities rule it out)\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    }
    threads.runtime().block_on(with_fixture(test));
}

/// Runs a test on a fresh store, and cleans up even if it fails.
pub(crate) async fn with_fixture<H: Harness>(test: impl AsyncFnOnce(&mut Fixture<H>)) {
    let mut fixture = Fixture::<H>::start().await;
    let ended = caught(tokio::time::timeout(PATIENCE, test(&mut fixture))).await;
    let Fixture { harness, store, .. } = fixture;
    drop(store);
    let stopped = harness.stop().await;
    match ended {
        Err(panic) => resume_unwind(panic),
        Ok(Err(_)) => {
            panic!("the test has not ended after {PATIENCE:?}; it waits for something that does not come")
        }
        Ok(Ok(())) => stopped.expect("the harness removes its place for data"),
    }
}

/// The end of a future, even if that is a panic.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
