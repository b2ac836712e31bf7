//! What can go wrong with one call.

use std::time::Duration;

use lro_store::Error;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureMode {
    /// With [`Error::unavailable`]: a later try may succeed.
    Unavailable,
    /// With [`Error::internal`]: the store is broken.
    Internal,
    /// It never ends. Whoever called has to give up.
    Hang,
    /// It panics, as a bug in a store does.
    Panic,
}

/// What goes wrong with one call: how long it takes to reach the store, whether it does, how long the answer
/// takes, and whether it comes.
///
/// ```
/// use std::time::Duration;
/// use lro_store_conformance::{FailureMode, Fault};
///
/// // The store executes the call after a second, and the caller never learns it.
/// let lost = Fault::after(FailureMode::Unavailable).delay(Duration::from_secs(1));
/// assert!(lost.executes());
/// assert!(!Fault::before(FailureMode::Hang).executes());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[must_use = "a fault does nothing until a store has it"]
pub struct Fault {
    request: Leg,
    answer: Leg,
}

/// One of the two ways of a call: to the store and back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Leg {
    delay: Duration,
    failure: Option<FailureMode>,
}

impl Fault {
    /// Nothing goes wrong.
    pub const fn none() -> Self {
        const FINE: Leg = Leg { delay: Duration::ZERO, failure: None };
        Self { request: FINE, answer: FINE }
    }

    /// The call fails before it reaches the store, which does not execute it.
    pub const fn before(mode: FailureMode) -> Self {
        let mut fault = Self::none();
        fault.request.failure = Some(mode);
        fault
    }

    /// The store executes the call, which then fails all the same. If the store itself fails, its error is
    /// the answer.
    pub const fn after(mode: FailureMode) -> Self {
        let mut fault = Self::none();
        fault.answer.failure = Some(mode);
        fault
    }

    /// How long the call takes to reach the store, or to fail before it. Tokio's time, which tests can pause.
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.request.delay = delay;
        self
    }

    /// How long the answer takes from the store, or to fail after it.
    pub const fn delay_answer(mut self, delay: Duration) -> Self {
        self.answer.delay = delay;
        self
    }

    /// Whether the store executes the call, unless the caller gives up before.
    pub const fn executes(&self) -> bool {
        self.request.failure.is_none()
    }

    /// What happens on the way to the store.
    pub(super) async fn request(&self) -> Result<(), Error> {
        self.request.pass("the store was not reached").await
    }

    /// What happens on the way back.
    pub(super) async fn answer(&self) -> Result<(), Error> {
        self.answer.pass("the answer of the store was lost").await
    }
}

impl Leg {
    async fn pass(self, what: &'static str) -> Result<(), Error> {
        // A sleep of no time would still be a turn of the runtime.
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        match self.failure {
            None => Ok(()),
            Some(FailureMode::Unavailable) => Err(Error::unavailable(format!("{what} (injected)"))),
            Some(FailureMode::Internal) => Err(Error::internal(format!("{what} (injected)"))),
            Some(FailureMode::Hang) => std::future::pending().await,
            Some(FailureMode::Panic) => panic!("{what} (injected)"),
        }
    }
}
