//! How often, and how long, a client asks for an operation.

use std::time::Duration;

use crate::nanos::Nanos;

/// The policy by which a client waits for an operation.
///
/// The pauses are by default those that `google/api/client.proto` gives for `MethodSettings.LongRunning`: the first of 5 s, each 1.5
/// times the one before, and none longer than 45 s. Shorter ones of 0.4 s, 1.2 s and 3.6 s come before the first of them, because
/// many operations take a moment only; a policy whose first pause is shorter has only those of them that are shorter still. Nothing limits the
/// time in all, unless the caller or the API's service config does.
///
/// ```
/// use lro::Polling;
/// use std::time::Duration;
///
/// const PATIENT: Polling = Polling::new().with_total_timeout(Duration::from_secs(24 * 60 * 60));
/// ```
///
/// Against a server that holds `WaitOperation`, the result arrives as soon as it exists, whatever the pauses are. The client
/// shortens each pause at random by up to three tenths, so that many clients that started together do not ask together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polling {
    initial_delay: Nanos,
    multiplier: f64,
    max_delay: Nanos,
    total_timeout: Nanos,
    waits: bool,
}

impl Polling {
    /// The pauses of `google/api/client.proto`, and no limit of time.
    pub const fn new() -> Self {
        Self {
            initial_delay: Nanos::of(Duration::from_secs(5)),
            multiplier: 1.5,
            max_delay: Nanos::of(Duration::from_secs(45)),
            total_timeout: Nanos::FOREVER,
            waits: true,
        }
    }

    /// Sets the first pause.
    #[must_use]
    pub const fn with_initial_delay(mut self, initial_delay: Duration) -> Self {
        self.initial_delay = Nanos::of(initial_delay);
        self
    }

    /// Sets the factor from one pause to the next. Below 1, or not a number, it counts as 1.
    #[must_use]
    pub const fn with_multiplier(mut self, multiplier: f64) -> Self {
        self.multiplier = multiplier;
        self
    }

    /// Sets the longest pause. It is also the longest time that one `WaitOperation` is asked to take.
    #[must_use]
    pub const fn with_max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = Nanos::of(max_delay);
        self
    }

    /// Sets the time after which the client gives up waiting. `Duration::MAX` means never.
    ///
    /// Giving up does not touch the operation, which goes on at the server.
    #[must_use]
    pub const fn with_total_timeout(mut self, total_timeout: Duration) -> Self {
        self.total_timeout = Nanos::of(total_timeout);
        self
    }

    /// Asks by `GetOperation` only, for servers whose `WaitOperation` is there but does not do what it should.
    #[must_use]
    pub const fn without_wait(mut self) -> Self {
        self.waits = false;
        self
    }

    /// The first pause.
    pub const fn initial_delay(&self) -> Duration {
        self.initial_delay.get()
    }

    /// The factor from one pause to the next.
    pub const fn multiplier(&self) -> f64 {
        self.multiplier
    }

    /// The longest pause.
    pub const fn max_delay(&self) -> Duration {
        self.max_delay.get()
    }

    /// The time after which the client gives up waiting; `Duration::MAX` if it does not.
    pub const fn total_timeout(&self) -> Duration {
        self.total_timeout.get()
    }

    /// Whether the client asks by `WaitOperation` where the server has it.
    pub const fn waits(&self) -> bool {
        self.waits
    }
}

impl Default for Polling {
    fn default() -> Self {
        Self::new()
    }
}
