//! Transitions: what a store call has changed.

use lro::payload;
use lro::store::{FailureCode, Holder, OperationName, Outcome, State, StateKind, View};
use tokio::time::Instant;

use super::{Claim, ClaimEnd, Facts, History, Operation, Reached};
use crate::job::{Done, Progress};

/// What kind of call has changed an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Create,
    Delete,
    Cancel,
    /// Taking back, also by a worker that leaves.
    Reclaim,
    Claim,
    Report,
    Finish,
    /// Handing back work that has begun, or not.
    Release {
        begun: bool,
    },
    Expire,
    /// A look without a change. Only retention ends by it.
    Look,
}

impl History {
    /// How operations stand after a call of a process, in the store's order.
    pub(crate) fn observe(
        &self,
        process: usize,
        cause: Cause,
        after: impl IntoIterator<Item = (OperationName, Option<View>)>,
    ) {
        let mut facts = self.facts();
        for (name, after) in after {
            facts.observe(process, cause, &name, after.as_ref());
        }
    }
}

impl Facts {
    fn observe(&mut self, process: usize, cause: Cause, name: &OperationName, after: Option<&View>) {
        let number = self.operations.len();
        if after.is_none() && !self.operations.contains_key(name) {
            return;
        }
        let known = self.operations.entry(name.clone()).or_insert_with(|| Operation::new(number));
        if known.view.as_ref() == after {
            return;
        }
        let before = std::mem::replace(&mut known.view, after.cloned());
        self.moved = Instant::now();
        let label = self.label(name);
        self.log(|| format!("{label} {} by {cause:?} of p{process}", describe(after)));
        if let Some(fault) = self.fault_of(process, cause, name, before.as_ref(), after) {
            self.fault(format_args!("{label}: {fault}, by {cause:?} of p{process}"));
        }
        self.count(cause, before.as_ref(), after);
    }

    /// What is wrong with a transition. Also notes what it does to claims.
    fn fault_of(
        &mut self,
        process: usize,
        cause: Cause,
        name: &OperationName,
        before: Option<&View>,
        after: Option<&View>,
    ) -> Option<String> {
        let latest = self.clock.latest();
        let known = self.operations.get_mut(name)?;
        let Some(after) = after else {
            known.is_deleted = cause == Cause::Delete;
            let claim = known.open_claim().filter(|_| cause == Cause::Delete);
            if let Some(claim) = claim {
                claim.end = Some(ClaimEnd::Deleted);
            }
            let is_expired = before.is_some_and(|view| view.is_expired(latest));
            return (!known.is_deleted && !is_expired).then(|| "it is lost".into());
        };
        if let Some(before) = before.filter(|before| before.is_done()) {
            return Some(format!("done changed from {before:?} to {after:?}"));
        }
        if after.attempts() > after.max_attempts() {
            return Some(format!("attempt {} of {}", after.attempts(), after.max_attempts()));
        }
        let fault = ended(known, cause, before, after);
        if let State::Running { holder: Holder::Worker(_), attempt, .. } = after.state()
            && known.claims.last().is_none_or(|claim| claim.attempt != *attempt)
        {
            known.claims.push(Claim {
                attempt: *attempt,
                counted: after.attempts(),
                process,
                is_hinted_to_stop: false,
                end: None,
            });
        }
        fault.or_else(|| self.overlap(after))
    }

    /// Whether another operation of the same key runs.
    fn overlap(&self, view: &View) -> Option<String> {
        let key = view.exclusive().filter(|_| view.kind() == StateKind::Running)?;
        let running = |other: &&View| other.kind() == StateKind::Running && other.exclusive() == Some(key);
        let other = self.unfinished().filter(running).find(|other| other.name() != view.name())?;
        Some(format!("runs beside {} of the same key", self.label(other.name())))
    }

    fn count(&mut self, cause: Cause, before: Option<&View>, after: Option<&View>) {
        self.coverage.add(match (cause, before.map(View::kind), after.map(View::kind)) {
            (Cause::Create, None, _) => "operations",
            (Cause::Create, ..) => "operations pre-empted or asked to",
            (_, _, None) => "deletions and expiries",
            (Cause::Cancel, Some(StateKind::Queued), _) => "cancels of queued work",
            (Cause::Cancel, ..) => "cancels of running work",
            (Cause::Reclaim, ..) => "take-overs",
            (Cause::Release { begun: false }, ..) => "claims handed back before they began",
            (Cause::Release { begun: true }, ..) => "retries and work handed back",
            (Cause::Expire, ..) => "deadlines that passed",
            (Cause::Finish, ..) => "outcomes",
            (Cause::Claim, ..) => "claims",
            (Cause::Report, ..) => "reports",
            (Cause::Delete | Cause::Look, ..) => "other transitions",
        });
    }
}

/// Notes the end of a claim; what is wrong with it.
fn ended(known: &mut Operation, cause: Cause, before: Option<&View>, after: &View) -> Option<String> {
    let delegated = matches!(before.and_then(View::holder), Some(Holder::Delegate(_)));
    if before.is_none_or(|view| view.kind() != StateKind::Running)
        || after.kind() == StateKind::Running
        || delegated
    {
        return None;
    }
    let end = match cause {
        Cause::Finish => ClaimEnd::Finished,
        Cause::Release { .. } => ClaimEnd::Released,
        _ => ClaimEnd::Reclaimed,
    };
    let claim = known.claims.last_mut()?;
    claim.end = Some(end);
    let (counted, process) = (claim.counted, claim.process);
    let begun = known
        .executions
        .iter()
        .find(|execution| execution.counted == counted && execution.process == process);
    let stop = before.and_then(View::stop).map(|reason| reason.code().number());
    let Some(execution) = begun else {
        // What never began has no outcome of its own.
        return (end == ClaimEnd::Finished && stop.is_none())
            .then(|| "it has an outcome without having begun".into());
    };
    match cause {
        Cause::Release { begun: false } => Some("work that had begun is handed back as if it had not".into()),
        Cause::Release { begun: true } => match &execution.reached {
            Some(reached @ (Reached::Response(_) | Reached::Error(_))) => {
                Some(format!("the outcome that was reached is thrown away: {reached:?}"))
            }
            _ => None,
        },
        Cause::Finish => {
            let metadata = number_of(after);
            if execution.last_progress.is_some() && execution.last_progress != metadata {
                return Some(format!(
                    "ends with progress {metadata:?} and not {:?}",
                    execution.last_progress
                ));
            }
            let outcome = after.outcome()?;
            let fits = fits(outcome, execution.reached.as_ref(), stop);
            (!fits).then(|| {
                format!("ends with {outcome:?} and not with what was reached: {:?}", execution.reached)
            })
        }
        _ => None,
    }
}

/// Whether an outcome is that of work which ended so, and was asked to stop with this code if at all.
fn fits(outcome: &Outcome, reached: Option<&Reached>, stop: Option<i32>) -> bool {
    let code = outcome.code().map(FailureCode::number);
    match (outcome, reached) {
        (Outcome::Response(response), Some(Reached::Response(text))) => {
            let response =
                lro::Any { type_url: response.type_url.to_string(), value: response.value.to_vec() };
            payload::unpack::<Done>("simulation.Done", response).is_ok_and(|done| done.text == *text)
        }
        (Outcome::Error(_), Some(Reached::Error(error))) => {
            code == Some(*error) || (code == stop && stop.is_some())
        }
        (Outcome::Error(_), Some(Reached::Retry(_)) | None) => code == stop && stop.is_some(),
        _ => false,
    }
}

/// The progress that an operation shows.
pub(crate) fn number_of(view: &View) -> Option<u64> {
    let metadata = view.metadata()?;
    let metadata = lro::Any { type_url: metadata.type_url.to_string(), value: metadata.value.to_vec() };
    payload::unpack::<Progress>("simulation.Progress", metadata).ok().map(|progress| progress.number)
}

fn describe(view: Option<&View>) -> String {
    match view.map(View::state) {
        None => "is gone".into(),
        Some(State::Queued { not_before: None, .. }) => "is queued".into(),
        Some(State::Queued { .. }) => "is queued for later".into(),
        Some(State::Running { holder: Holder::Delegate(_), .. }) => "is delegated".into(),
        Some(State::Running { attempt, stop: None, .. }) => format!("runs in claim {attempt}"),
        Some(State::Running { attempt, stop: Some(stop), .. }) => {
            format!("runs in claim {attempt} and is to stop with code {}", stop.code().number())
        }
        Some(State::Done { outcome, .. }) => {
            format!("is done with code {}", outcome.code().map_or(0, FailureCode::number))
        }
        Some(other) => format!("is {other:?}"),
    }
}
