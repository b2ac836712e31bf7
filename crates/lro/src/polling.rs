//! How often, and how long, a client asks for an operation.

use std::time::Duration;

/// The policy by which a client waits for an operation.
///
/// The defaults are those that `google/api/client.proto` gives for `MethodSettings.LongRunning`: the first
/// look after 5 s, each pause 1.5 times the one before, at most 45 s, and 5 minutes in all.
///
/// ```
/// use lro::Polling;
/// use std::time::Duration;
///
/// const PATIENT: Polling = Polling::new().with_total_timeout(Duration::from_secs(24 * 60 * 60));
/// ```
///
/// Against a server that holds `WaitOperation` for as long as it is asked to, up to the longest pause, the
/// result arrives as soon as it exists, whatever the pauses are. The client shortens each pause at random by up to a quarter, so that many clients that
/// started together do not ask together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polling {
    initial_delay: Duration,
    multiplier: f64,
    max_delay: Duration,
    total_timeout: Duration,
}

impl Polling {
    /// The defaults of `google/api/client.proto`.
    pub const fn new() -> Self {
        Self {
            initial_delay: Duration::from_secs(5),
            multiplier: 1.5,
            max_delay: Duration::from_secs(45),
            total_timeout: Duration::from_secs(5 * 60),
        }
    }

    /// Sets the first pause.
    #[must_use]
    pub const fn with_initial_delay(mut self, initial_delay: Duration) -> Self {
        self.initial_delay = initial_delay;
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
        self.max_delay = max_delay;
        self
    }

    /// Sets the time after which the client gives up waiting. `Duration::MAX` means never.
    ///
    /// Giving up does not touch the operation, which goes on at the server.
    #[must_use]
    pub const fn with_total_timeout(mut self, total_timeout: Duration) -> Self {
        self.total_timeout = total_timeout;
        self
    }

    /// The first pause.
    pub const fn initial_delay(&self) -> Duration {
        self.initial_delay
    }

    /// The factor from one pause to the next.
    pub const fn multiplier(&self) -> f64 {
        self.multiplier
    }

    /// The longest pause.
    pub const fn max_delay(&self) -> Duration {
        self.max_delay
    }

    /// The time after which the client gives up waiting.
    pub const fn total_timeout(&self) -> Duration {
        self.total_timeout
    }
}

impl Default for Polling {
    fn default() -> Self {
        Self::new()
    }
}
