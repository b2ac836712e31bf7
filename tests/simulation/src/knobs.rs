//! What one schedule is like: which faults it has, and how often.

use std::time::Duration;

use lro::EngineBuilder;

use crate::job::WORK;
use test_tools::Dice;

/// How long after a step or an outage a lease takes to be over.
pub(crate) const LEASE: Duration = Duration::from_secs(12);
pub(crate) const POLL: Duration = Duration::from_secs(2);
pub(crate) const GRACE: Duration = Duration::from_secs(5);
pub(crate) const DRAIN: Duration = Duration::from_secs(8);
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(20);

/// What one schedule is like. Each kind of fault is there in some schedules only, or no schedule would ever be without
/// one of them, and what one fault hides would stay hidden.
#[derive(Debug, Clone)]
pub(crate) struct Knobs {
    pub(crate) processes: usize,
    pub(crate) clients: usize,
    pub(crate) starts: u64,
    /// How many exclusive keys there are.
    pub(crate) keys: u64,
    pub(crate) concurrency: usize,
    pub(crate) method_concurrency: Option<usize>,
    pub(crate) queue_limit: usize,
    pub(crate) strict: bool,
    pub(crate) chaos: Duration,
    pub(crate) rates: Rates,
}

/// How often in a thousand calls.
#[derive(Debug, Clone)]
pub(crate) struct Rates {
    pub(crate) crash: u32,
    pub(crate) unavailable: u32,
    pub(crate) lost_answer: u32,
    pub(crate) internal: u32,
    pub(crate) panic: u32,
    pub(crate) hang: u32,
    pub(crate) slow: u32,
    /// Of hints.
    pub(crate) lost_hint: u32,
    /// Of ten seconds: these come without a call.
    pub(crate) outage: u32,
    pub(crate) partition: u32,
    pub(crate) clock_step: u32,
    pub(crate) drain: u32,
    pub(crate) resync: u32,
}

impl Knobs {
    pub(crate) fn random(dice: &Dice) -> Self {
        // Half of all kinds are there, at rates from rare to frequent.
        let rate =
            |most: u64| if dice.happens(500) { u32::try_from(1 + dice.below(most)).unwrap_or(1) } else { 0 };
        let rates = Rates {
            crash: rate(15),
            unavailable: rate(150),
            lost_answer: rate(150),
            internal: rate(40),
            panic: rate(10),
            hang: rate(40),
            slow: rate(300),
            lost_hint: rate(600),
            outage: rate(250),
            partition: rate(250),
            clock_step: rate(300),
            drain: rate(250),
            resync: rate(200),
        };
        Self {
            processes: 2 + dice.index(2),
            clients: 2 + dice.index(3),
            starts: 2 + dice.below(5),
            keys: 1 + dice.below(2),
            concurrency: dice.pick(&[1, 2, 4, 100]),
            method_concurrency: dice.happens(300).then(|| 1 + dice.index(3)),
            queue_limit: dice.pick(&[0, 2, 1_000, 1_000]),
            strict: dice.happens(200),
            chaos: dice.millis(20_000..70_000),
            rates,
        }
    }

    /// The settings of an engine.
    pub(crate) fn engine(&self, builder: EngineBuilder) -> EngineBuilder {
        let builder = builder
            .lease(LEASE)
            .poll_interval(POLL)
            .cancel_grace(GRACE)
            .drain_time(DRAIN)
            .max_wait(MAX_WAIT)
            .progress_interval(Duration::from_millis(700))
            .concurrency(self.concurrency)
            .queue_limit(self.queue_limit)
            .strict(self.strict);
        match self.method_concurrency {
            Some(limit) => builder.method_concurrency(WORK, limit),
            None => builder,
        }
    }

    /// How many operations run in one process at most.
    pub(crate) fn slots(&self) -> usize {
        self.method_concurrency.map_or(self.concurrency, |limit| limit.min(self.concurrency))
    }
}
