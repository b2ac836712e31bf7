//! What those who wait for one operation want, together.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::settings::Settings;
use crate::{OperationRpcs, Polling};

/// Before the caller's limit there is this time for a last look, or a tenth of the whole time if that is less.
const LAST_LOOK: Duration = Duration::from_millis(250);

/// What one who waits wants.
#[derive(Debug)]
pub(in crate::client) struct Interest {
    pub(in crate::client) settings: Arc<Settings>,
    rpcs: &'static OperationRpcs,
    /// How old what it knows may be, if it wants to know more than the end.
    interval: Option<Duration>,
    /// When it gives up.
    pub(in crate::client) deadline: Option<Instant>,
    /// When it wants to look for the last time before that.
    last_look: Option<Instant>,
}

impl Interest {
    pub(in crate::client) fn new(
        settings: Arc<Settings>,
        rpcs: &'static OperationRpcs,
        interval: Option<Duration>,
        deadline: Option<Instant>,
    ) -> Self {
        let last_look = deadline.map(|deadline| {
            let left = deadline.saturating_duration_since(Instant::now());
            deadline - LAST_LOOK.min(left / 10)
        });
        Self { settings, rpcs, interval, deadline, last_look }
    }
}

/// What all of them want: the shortest of what they set.
#[derive(Debug, Clone, Copy)]
pub(in crate::client) struct Demand {
    pub(in crate::client) settings: Settings,
    pub(in crate::client) rpcs: &'static OperationRpcs,
    pub(in crate::client) interval: Option<Duration>,
    /// The first time at which one of them gives up.
    pub(in crate::client) deadline: Option<Instant>,
    /// The first time at which one of them wants to look for the last time, of those that have not.
    pub(in crate::client) last_look: Option<Instant>,
}

impl Demand {
    /// `None` if nobody wants anything. `looked` is when the operation was looked at last.
    pub(in crate::client) fn of<'a>(
        interests: impl Iterator<Item = &'a Interest>,
        looked: Option<Instant>,
    ) -> Option<Self> {
        interests
            .map(|interest| Self {
                settings: *interest.settings,
                rpcs: interest.rpcs,
                interval: interest.interval,
                deadline: interest.deadline,
                last_look: interest.last_look.filter(|look| looked.is_none_or(|looked| looked < *look)),
            })
            .reduce(Self::and)
    }

    fn and(self, other: Self) -> Self {
        let mut settings = self.settings;
        settings.polling = sooner(settings.polling, other.settings.polling);
        Self {
            settings,
            rpcs: self.rpcs,
            interval: earlier(self.interval, other.interval),
            deadline: earlier(self.deadline, other.deadline),
            last_look: earlier(self.last_look, other.last_look),
        }
    }
}

fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

fn sooner(one: Polling, other: Polling) -> Polling {
    if one == other {
        return one;
    }
    let sooner = Polling::new()
        .with_initial_delay(one.initial_delay().min(other.initial_delay()))
        .with_multiplier(one.multiplier().min(other.multiplier()))
        .with_max_delay(one.max_delay().min(other.max_delay()));
    if one.waits() && other.waits() { sooner } else { sooner.without_wait() }
}
