//! Which calls a client makes again, and for how long.

use std::time::Duration;

use tonic::Code;

use crate::nanos::Nanos;

/// The policy by which a client repeats a call that has failed.
///
/// The settings have the names of gRPC's own retry policy (gRFC A6), as service configs write them. Asking about an operation changes
/// nothing, so that such calls are repeated by the policy of the [`Client`](crate::Client) or the handle. A call that starts an operation is repeated only where requests
/// of its method have an id by which the server knows a repeat (AIP-155), and only after UNAVAILABLE and whatever else the method's own policy names.
///
/// ```
/// use lro::RetryPolicy;
/// use std::time::Duration;
/// use tonic::Code;
///
/// const IMPATIENT: RetryPolicy = RetryPolicy::new()
///     .with_codes(&[Code::Unavailable])
///     .with_total_timeout(Duration::from_secs(30));
/// assert!(IMPATIENT.retries(Code::Unavailable));
/// assert!(!IMPATIENT.retries(Code::Internal));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// One bit for each code.
    codes: u32,
    initial_backoff: Nanos,
    backoff_multiplier: f64,
    max_backoff: Nanos,
    max_attempts: u32,
    total_timeout: Nanos,
    unreachable_timeout: Nanos,
    not_found_timeout: Nanos,
}

impl RetryPolicy {
    /// The defaults of what asks about operations.
    ///
    /// `UNAVAILABLE`, `DEADLINE_EXCEEDED`, `CANCELLED`, `RESOURCE_EXHAUSTED` and `ABORTED` are repeated for 10 minutes, `INTERNAL` and `UNKNOWN` 4 times.
    /// The first pause is 0.5 s, each is twice the one before, and none is longer than 30 s.
    pub const fn new() -> Self {
        Self {
            codes: bits(&[
                Code::Unavailable,
                Code::DeadlineExceeded,
                Code::Cancelled,
                Code::ResourceExhausted,
                Code::Aborted,
                Code::Internal,
                Code::Unknown,
            ]),
            initial_backoff: Nanos::of(Duration::from_millis(500)),
            backoff_multiplier: 2.0,
            max_backoff: Nanos::of(Duration::from_secs(30)),
            max_attempts: 5,
            total_timeout: Nanos::of(Duration::from_secs(10 * 60)),
            unreachable_timeout: Nanos::of(Duration::from_secs(10)),
            not_found_timeout: Nanos::of(Duration::from_secs(10)),
        }
    }

    /// Repeats nothing: the first failure is the answer.
    pub const fn never() -> Self {
        let mut never = Self::new().with_codes(&[]);
        never.max_attempts = 1;
        never.total_timeout = Nanos::of(Duration::ZERO);
        never.not_found_timeout = Nanos::of(Duration::ZERO);
        never.unreachable_timeout = Nanos::of(Duration::ZERO);
        never
    }

    /// Says after which codes a call is repeated. These replace those that were set before.
    #[must_use]
    pub const fn with_codes(mut self, codes: &[Code]) -> Self {
        self.codes = bits(codes);
        self
    }

    /// Sets the pause before the first repetition. Each pause is shortened at random, by up to three tenths. Where the server's error says
    /// how long to wait (`google.rpc.RetryInfo`), the pause is at least so long.
    #[must_use]
    pub const fn with_initial_backoff(mut self, initial_backoff: Duration) -> Self {
        self.initial_backoff = Nanos::of(initial_backoff);
        self
    }

    /// Sets the factor from one pause to the next. Below 1, or not a number, it counts as 1.
    #[must_use]
    pub const fn with_backoff_multiplier(mut self, backoff_multiplier: f64) -> Self {
        self.backoff_multiplier = backoff_multiplier;
        self
    }

    /// Sets the longest pause that the policy itself makes.
    #[must_use]
    pub const fn with_max_backoff(mut self, max_backoff: Duration) -> Self {
        self.max_backoff = Nanos::of(max_backoff);
        self
    }

    /// Sets how often a call is made in all, the first included, where the failures say INTERNAL or UNKNOWN: nobody knows whether such a
    /// failure passes. For calls that start operations the number counts whatever the code is. 0 counts as 1.
    #[must_use]
    pub const fn with_max_attempts(mut self, max_attempts: u32) -> Self {
        self.max_attempts = max_attempts;
        self
    }

    /// Sets for how long calls may fail, one after the other, until the last failure is the answer. `Duration::MAX` means for ever.
    #[must_use]
    pub const fn with_total_timeout(mut self, total_timeout: Duration) -> Self {
        self.total_timeout = Nanos::of(total_timeout);
        self
    }

    /// Sets for how long a client asks that has never reached the server: the host is not known, or nothing listens there. The
    /// default is 10 s.
    #[must_use]
    pub const fn with_unreachable_timeout(mut self, unreachable_timeout: Duration) -> Self {
        self.unreachable_timeout = Nanos::of(unreachable_timeout);
        self
    }

    /// Sets for how long after its start an operation may be `NOT_FOUND`, because not all replicas of a server see at once what one of them
    /// has written. The default is 10 s.
    #[must_use]
    pub const fn with_not_found_timeout(mut self, not_found_timeout: Duration) -> Self {
        self.not_found_timeout = Nanos::of(not_found_timeout);
        self
    }

    /// Whether a call that failed with this code is made again.
    pub const fn retries(&self, code: Code) -> bool {
        self.codes & bit(code) != 0
    }

    /// The pause before the first repetition.
    pub const fn initial_backoff(&self) -> Duration {
        self.initial_backoff.get()
    }

    /// The factor from one pause to the next.
    pub const fn backoff_multiplier(&self) -> f64 {
        self.backoff_multiplier
    }

    /// The longest pause that the policy itself makes.
    pub const fn max_backoff(&self) -> Duration {
        self.max_backoff.get()
    }

    /// How often a call is made in all where nobody knows whether its failure passes.
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// For how long calls may fail, one after the other.
    pub const fn total_timeout(&self) -> Duration {
        self.total_timeout.get()
    }

    /// For how long a client asks that has never reached the server.
    pub const fn unreachable_timeout(&self) -> Duration {
        self.unreachable_timeout.get()
    }

    /// For how long after its start an operation may be `NOT_FOUND`.
    pub const fn not_found_timeout(&self) -> Duration {
        self.not_found_timeout.get()
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

const fn bit(code: Code) -> u32 {
    1 << code as u32
}

const fn bits(mut codes: &[Code]) -> u32 {
    let mut bits = 0;
    while let [code, rest @ ..] = codes {
        bits |= bit(*code);
        codes = rest;
    }
    bits
}
