//! The hints that a call must lead to.

use std::cell::Cell;
use std::time::Duration;

use lro_store::{Change, Changes, Timestamp};

use super::state::Model;

/// How long a hint may take, in real time.
pub(super) const SOON: Duration = Duration::from_secs(10);

/// How long one may take once one has not come: a failure is only made shorter then.
const SOONER: Duration = Duration::from_millis(250);

/// What was claimable, running and there before a call.
pub(super) struct Before {
    model: Vec<(lro_store::View, bool)>,
}

impl Before {
    pub(super) fn of(model: &Model, now: Timestamp) -> Self {
        let views = model.records.values().map(|record| &record.view);
        Self { model: views.map(|view| (view.clone(), model.is_claimable(view, now))).collect() }
    }

    /// The hints of all that has become claimable, is asked to stop, has ended or is gone since.
    pub(super) fn hints(&self, model: &Model, now: Timestamp) -> Vec<Change> {
        let before = |name| self.model.iter().find(|(view, _)| view.name() == name);
        let mut hints = Vec::new();
        for view in model.records.values().map(|record| &record.view) {
            let known = before(view.name());
            if model.is_claimable(view, now) && !known.is_some_and(|(_, claimable)| *claimable) {
                hints.push(Change::Claimable(view.method().clone()));
            }
            let Some((old, _)) = known else { continue };
            if view.is_done() && !old.is_done() {
                hints.push(Change::Done(view.name().clone()));
            }
            if let Some(stop) = view.stop().filter(|_| old.stop().is_none()) {
                hints.push(Change::StopRequested(view.name().clone(), stop.clone()));
            }
        }
        let gone = self.model.iter().filter(|(view, _)| model.view(view.name()).is_none());
        hints.extend(gone.map(|(view, _)| Change::Deleted(view.name().clone())));
        hints
    }
}

/// Waits until all of these hints have come, in whatever order.
pub(super) async fn expect(changes: &mut Changes, patience: &Cell<Duration>, mut hints: Vec<Change>) {
    while !hints.is_empty() {
        let Ok(hint) = tokio::time::timeout(patience.get(), changes.recv()).await else {
            patience.set(SOONER);
            panic!("no hint came: {hints:?}");
        };
        let hint = hint.expect("the store is there");
        hints.retain(|wanted| !brings(&hint, wanted));
    }
}

/// Whether a hint is the wanted one, or a later step of the same operation: of several that wait, the last one is kept. An
/// earlier operation of the same name, whose end nobody has waited for, counts as the same.
fn brings(hint: &Change, wanted: &Change) -> bool {
    match (hint, wanted) {
        (Change::Done(hinted) | Change::Deleted(hinted), Change::StopRequested(name, _))
        | (Change::Deleted(hinted), Change::Done(name)) => hinted == name,
        _ => hint == wanted,
    }
}
