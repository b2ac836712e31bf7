//! Sorting events.

use std::collections::{BTreeMap, HashMap};

use super::{Attempt, Call, History, Micros, Operation, SECOND, Span};
use crate::event::{Answer, AttemptId, Entry, Event, Plan, Request};

/// How long after an outage processes may still be busy with it: calls of the store end within ten seconds, and so does the
/// pause between two tries.
const AFTERMATH: Micros = 15 * SECOND;

pub(super) fn build(mut entries: Vec<Entry>) -> History {
    // Sorting is stable: what one process wrote at one moment stays in its order.
    entries.sort_by_key(|entry| entry.at);
    let mut builder = Builder::default();
    for Entry { at, event } in entries {
        builder.history.end = at;
        builder.add(at, event);
    }
    builder.finish()
}

#[derive(Debug, Default)]
struct Builder {
    history: History,
    calls: HashMap<u64, usize>,
    attempts: BTreeMap<AttemptId, Attempt>,
    lease: Micros,
    down: Vec<Micros>,
    paused: BTreeMap<u32, Micros>,
    draining: BTreeMap<u32, Micros>,
}

impl Builder {
    fn add(&mut self, at: Micros, event: Event) {
        match event {
            Event::Run { strict, lease, poll, .. } => {
                self.history.strict = strict;
                self.history.poll = poll;
                self.lease = lease;
            }
            Event::Spawn { process, .. } => drop(self.history.processes.entry(process).or_default()),
            Event::Kill { process } => self.end_process(process, at),
            Event::Exit { process, status } => {
                if !self.draining.contains_key(&process) {
                    self.history.faults.push(format!("process {process} has ended unasked: {status}"));
                }
                self.end_process(process, at);
            }
            Event::Stuck { process } => {
                self.history.faults.push(format!("process {process} was asked to end, and does not"));
            }
            Event::Pause { process } => drop(self.paused.insert(process, at)),
            Event::Resume { process } => {
                if let Some(from) = self.paused.remove(&process) {
                    self.history.processes.entry(process).or_default().freeze(from, at);
                }
            }
            Event::Drain { process } => drop(self.draining.insert(process, at)),
            Event::StoreDown { .. } => self.down.push(at),
            Event::StoreUp => {
                if let Some(from) = self.down.pop() {
                    self.history.outages.push(Span::new(from, at + AFTERMATH));
                }
            }
            // What the clients themselves were late for says nothing about anybody else.
            Event::Stall { process: 0, micros } => {
                self.history.outages.push(Span::new(at.saturating_sub(micros), at + SECOND));
            }
            Event::Stall { process, micros } => {
                self.history.processes.entry(process).or_default().freeze(at.saturating_sub(micros), at);
            }
            Event::Crash => self.history.crashes.push(at),
            Event::ClockStep { micros, took } => self.step(at.saturating_sub(took), at, micros),
            Event::Audit => self.history.audit = Some(at),
            Event::Calm => {}
            Event::Call { call, process, request } => {
                self.calls.insert(call, self.history.calls.len());
                self.history.calls.push(Call { process, request, called: at, answer: None });
            }
            Event::Answer { call, answer } => match self.calls.get(&call) {
                Some(place) => self.history.calls[*place].answer = Some((at, answer)),
                None => self.history.faults.push(format!("an answer to no call: {answer:?}")),
            },
            Event::Begin { attempt, max_attempts, request_id, checkpoint } => {
                self.begin(at, attempt, max_attempts, request_id, checkpoint);
            }
            Event::Checkpoint { attempt, number } => {
                self.edit(&attempt, |known| known.asked.push((at, number)));
            }
            Event::Checkpointed { attempt, number } => {
                self.edit(&attempt, |known| known.stored.push((at, number)));
            }
            Event::Reach { attempt, reached } => self.edit(&attempt, |known| {
                known.reached = Some(reached);
                known.span.to = known.span.to.min(at);
            }),
            Event::Drop { attempt } => self.edit(&attempt, |known| {
                known.is_dropped = true;
                known.span.to = known.span.to.min(at);
            }),
        }
    }

    fn begin(
        &mut self,
        at: Micros,
        id: AttemptId,
        max_attempts: u32,
        request_id: String,
        checkpoint: Option<u64>,
    ) {
        self.operation(&id.operation).requests.insert(request_id);
        let attempt = Attempt {
            number: id.number,
            process: id.process,
            span: Span::new(at, Micros::MAX),
            max_attempts,
            checkpoint,
            asked: Vec::new(),
            stored: Vec::new(),
            reached: None,
            is_dropped: false,
        };
        if self.attempts.contains_key(&id) {
            self.history.faults.push(format!("{id:?} begins for the second time in its process"));
            return;
        }
        self.attempts.insert(id, attempt);
    }

    fn edit(&mut self, id: &AttemptId, change: impl FnOnce(&mut Attempt)) {
        match self.attempts.get_mut(id) {
            Some(attempt) => change(attempt),
            None => self.history.faults.push(format!("{id:?} does something and has not begun")),
        }
    }

    fn end_process(&mut self, process: u32, at: Micros) {
        let paused = self.paused.remove(&process);
        let draining = self.draining.remove(&process);
        let known = self.history.processes.entry(process).or_default();
        known.ended = Some(known.ended.unwrap_or(at));
        if let Some(from) = paused {
            known.freeze(from, at);
        }
        // A call of a process that is no more does not end in time.
        known.troubles.push(Span::new(draining.unwrap_or(at), Micros::MAX));
    }

    /// The clock steps in that time: forward, leases are over sooner than who has them can know, and back, they last longer.
    fn step(&mut self, from: Micros, to: Micros, micros: i64) {
        if micros > 0 {
            self.history.early_leases.push(Span::new(from, to + self.lease + SECOND));
        }
        let longer = if micros < 0 { micros.unsigned_abs() } else { 0 };
        self.history.outages.push(Span::new(from, to + AFTERMATH + longer));
    }

    fn operation(&mut self, name: &str) -> &mut Operation {
        self.history.operations.entry(name.to_owned()).or_default()
    }

    fn finish(mut self) -> History {
        for from in std::mem::take(&mut self.down) {
            self.history.outages.push(Span::new(from, Micros::MAX));
        }
        for (process, from) in std::mem::take(&mut self.paused) {
            self.history.processes.entry(process).or_default().freeze(from, Micros::MAX);
        }
        for (process, from) in std::mem::take(&mut self.draining) {
            self.history.processes.entry(process).or_default().troubles.push(Span::new(from, Micros::MAX));
        }
        for (id, mut attempt) in std::mem::take(&mut self.attempts) {
            let ended = self.history.processes.get(&id.process).and_then(|process| process.ended);
            attempt.span.to = attempt.span.to.min(ended.unwrap_or(Micros::MAX));
            self.operation(&id.operation).attempts.push(attempt);
        }
        self.sort_calls();
        let mut plans: HashMap<String, Plan> = HashMap::new();
        for call in &self.history.calls {
            if let Request::Start { request_id, plan } = &call.request {
                plans.insert(request_id.clone(), plan.clone());
            }
        }
        for operation in self.history.operations.values_mut() {
            operation.attempts.sort_by_key(|attempt| (attempt.number, attempt.span.from));
            let plan = operation.requests.iter().find_map(|id| plans.get(id));
            operation.plan = plan.cloned().unwrap_or_default();
        }
        self.history
    }

    /// Tells operations what calls have told of them.
    fn sort_calls(&mut self) {
        let Self { history, .. } = self;
        for call in &history.calls {
            let answered = call.answer.as_ref().map(|(at, _)| *at);
            let is_empty = matches!(call.answer, Some((_, Answer::Empty)));
            let asked = (call.called, answered.filter(|_| is_empty));
            match &call.request {
                Request::Cancel { operation } => {
                    history.operations.entry(operation.clone()).or_default().cancels.push(asked);
                }
                Request::Delete { operation } => {
                    history.operations.entry(operation.clone()).or_default().deletes.push(asked);
                }
                _ => {}
            }
            let Some((answered, Answer::Operation(seen))) = &call.answer else { continue };
            let operation = history.operations.entry(seen.name.clone()).or_default();
            operation.sights.push((call.called, *answered, seen.clone()));
            if let Request::Start { request_id, .. } = &call.request {
                operation.requests.insert(request_id.clone());
                operation.acknowledged =
                    Some(operation.acknowledged.map_or(*answered, |at| at.min(*answered)));
            }
        }
    }
}
