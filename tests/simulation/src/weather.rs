//! What goes wrong with the calls of a process, and when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::Instant;

use crate::history::History;
use crate::knobs::Rates;
use test_tools::Dice;

/// What goes wrong for all processes at once. Clones are the same weather.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weather(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_calm: bool,
    outage: Option<Outage>,
}

/// The time in which nothing gets through, and how a call then fails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    pub(crate) until: Instant,
    pub(crate) mode: FailureMode,
}

impl Outage {
    pub(crate) fn random(dice: &Dice, longest: Duration) -> Self {
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        let mode = dice.pick(&[FailureMode::Unavailable, FailureMode::Unavailable, FailureMode::Hang]);
        Self { until: Instant::now() + dice.millis(500..longest), mode }
    }

    fn fault(self) -> Option<Fault> {
        (Instant::now() < self.until).then(|| Fault::before(self.mode))
    }
}

impl Weather {
    /// From now on nothing goes wrong any more.
    pub(crate) fn calm_down(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { is_calm: true, outage: None };
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_calm
    }

    /// The store is away.
    pub(crate) fn break_out(&self, outage: Outage) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.is_calm {
            state.outage = Some(outage);
        }
    }

    fn outage(&self) -> Option<Outage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).outage
    }
}

/// What goes wrong for one process.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) weather: Weather,
    pub(crate) history: History,
    pub(crate) dice: Dice,
    pub(crate) rates: Rates,
    pub(crate) partition: Arc<Mutex<Option<Outage>>>,
    /// How many more outcomes may meet a broken store. An engine gives up an outcome that it is refused too often, by
    /// contract, and then nothing could be said about it.
    pub(crate) breaks_left: u32,
}

/// What a wire decides about a call.
pub(crate) enum Verdict {
    Fault(Fault),
    /// The process is killed, before or after the store executes the call.
    Crash {
        executes: bool,
    },
}

impl Wire {
    pub(crate) fn decide(&mut self, method: StoreMethod) -> Verdict {
        if self.weather.is_calm() {
            return Verdict::Fault(Fault::none());
        }
        let partition = *self.partition.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = [self.weather.outage(), partition].into_iter().flatten().find_map(Outage::fault)
        {
            self.history.cover("calls into an outage");
            return Verdict::Fault(fault);
        }
        let Rates { crash, unavailable, lost_answer, internal, panic, hang, slow, .. } = self.rates;
        let (dice, executes) = (&self.dice, self.dice.happens(500));
        let side = |mode| if executes { Fault::after(mode) } else { Fault::before(mode) };
        let mut fault = Fault::none();
        if dice.happens(crash) {
            return Verdict::Crash { executes };
        } else if dice.happens(unavailable) {
            self.history.cover("calls refused");
            fault = Fault::before(FailureMode::Unavailable);
        } else if dice.happens(lost_answer) {
            self.history.cover("answers lost");
            fault = Fault::after(FailureMode::Unavailable);
        } else if dice.happens(hang) {
            self.history.cover("calls that hang");
            fault = side(FailureMode::Hang);
        } else if (dice.happens(internal) || dice.happens(panic))
            && (method != StoreMethod::Finish || self.breaks_left > 0)
        {
            self.breaks_left = self.breaks_left.saturating_sub(u32::from(method == StoreMethod::Finish));
            self.history.cover("calls of a broken store");
            fault = side(if dice.happens(500) { FailureMode::Panic } else { FailureMode::Internal });
        }
        if dice.happens(slow) {
            self.history.cover("slow calls");
            fault = fault.delay(slowness(dice)).delay_answer(slowness(dice));
        }
        Verdict::Fault(fault)
    }
}

fn slowness(dice: &Dice) -> Duration {
    match dice.below(4) {
        0 => Duration::ZERO,
        1 | 2 => dice.millis(1..200),
        _ => dice.millis(200..9_000),
    }
}
