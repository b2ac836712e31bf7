//! Writing back what a transition has made of an operation, with all that follows from it: hints, and the next of its key.

use lro_store::{Change, Payload, State, StateKind, Timestamp, View};

use super::{Stored, WaitsFor, keys};
use crate::error::Failed;
use crate::row;
use crate::transaction::Step;

/// Makes an operation what a transition has made of it.
pub(crate) fn replace(
    step: &mut Step<'_>,
    before: &Stored,
    after: &View,
    checkpoint: Option<&Payload>,
) -> Result<(), Failed> {
    if let Some(checkpoint) = checkpoint {
        row::put_checkpoint(step, before.id, checkpoint)?;
    }
    if *after == before.view {
        return Ok(());
    }
    let waits_for = waits_for(after, step.now());
    row::update(step, before, after, waits_for)?;
    if after.is_done() && !before.view.is_done() {
        step.hint(Change::Done(after.name().clone()));
    } else if let Some(stop) = after.stop().filter(|_| before.view.stop().is_none()) {
        step.hint(Change::StopRequested(after.name().clone(), stop.clone()));
    }
    hint_if_ready(step, after, waits_for);
    keys::settle(step, after.exclusive())
}

/// Hints at work that a worker can claim.
pub(crate) fn hint_if_ready(step: &mut Step<'_>, view: &View, waits_for: WaitsFor) {
    if view.kind() == StateKind::Queued && waits_for == WaitsFor::Nothing {
        step.hint(Change::Claimable(view.method().clone()));
    }
}

/// What keeps an operation from being claimed, before its key is settled.
pub(crate) fn waits_for(view: &View, now: Timestamp) -> WaitsFor {
    let State::Queued { not_before, .. } = view.state() else { return WaitsFor::Nothing };
    if view.exclusive().is_some() {
        WaitsFor::Key
    } else if not_before.is_some_and(|time| now < time) {
        WaitsFor::Time
    } else {
        WaitsFor::Nothing
    }
}
