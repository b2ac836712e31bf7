//! Starting operations.

use std::time::{Duration, SystemTime};

use lro::google::longrunning::Operation;
use lro::store::{Clock, OperationName};
use lro::{OnConflict, Retry, Start};
use tonic::{Code, Request};

use super::Client;
use crate::job::{Done, Job, Progress, WORK};
use crate::process::Process;
use crate::service::TRANSIENT;

/// How often a client repeats a request until it is answered.
const TRIES: usize = 6;

impl Client {
    /// Starts an operation, or tries to.
    pub(super) async fn start(&self, number: u64) {
        // A request without an id is sent once: its repeat would be another operation.
        let repeats = self.dice.happens(500);
        let request_id = if repeats { format!("{}-{number}", self.number) } else { String::new() };
        let job = Job::random(&self.dice, request_id.clone());
        for _ in 0..if repeats { TRIES } else { 1 } {
            // A start hook decides anew about each request, and what it says of a repeat does not count.
            let start = self.options();
            if let Some(process) = self.process() {
                let is_answered = self.try_start(&process, &job, &start).await;
                if is_answered && !(repeats && self.dice.happens(300)) {
                    return;
                }
            }
            self.world.history.cover("starts that were repeated or lost");
            tokio::time::sleep(self.dice.millis(0..3_000)).await;
        }
    }

    async fn try_start(&self, process: &Process, job: &Job, start: &Start<Progress>) -> bool {
        let is_calm = self.world.weather.is_calm();
        let call = process.engine.start(WORK, Request::new(job.clone()), start.clone());
        match self.call(process, call).await {
            None => false,
            Some(Ok(answer)) => {
                self.note(job, start, &answer.into_inner());
                true
            }
            // The key is held, or there is no room.
            Some(Err(status)) if matches!(status.code(), Code::Aborted | Code::ResourceExhausted) => {
                self.world.history.cover("starts refused");
                true
            }
            Some(Err(status)) => {
                self.check_error(process, "a start", &status, is_calm);
                false
            }
        }
    }

    fn note(&self, job: &Job, start: &Start<Progress>, answer: &Operation) {
        let Ok(name) = OperationName::parse(&answer.name) else {
            return self
                .world
                .history
                .fault(format_args!("a start was answered with the name {:?}", answer.name));
        };
        self.world.history.acknowledge(&name, &job.request_id);
        if let Some(token) =
            start.token().ok().flatten().filter(|token| token.operation_name() == answer.name)
        {
            self.world.history.cover("delegated operations");
            self.site.state().tokens.push((name, token));
        }
    }

    fn options(&self) -> Start<Progress> {
        let dice = &self.dice;
        let delegated = dice.happens(120);
        let done = !delegated && dice.happens(50);
        let bits = || u128::from(dice.bits()) << 64 | u128::from(dice.bits());
        let mut start = if delegated {
            Start::delegated_from(bits(), SystemTime::from(self.world.clock.now()), bits())
        } else if done {
            Start::done(Done { text: "at once".into() })
        } else {
            Start::new()
        };
        start = start.parent(format!("shelves/{}", dice.below(2)));
        if dice.happens(400) {
            let others = [OnConflict::Abort, OnConflict::Queue, OnConflict::Queue, OnConflict::Preempt];
            let on_conflict = if delegated { OnConflict::Abort } else { dice.pick(&others) };
            start = start.exclusive(format!("key/{}", dice.below(self.world.knobs.keys)), on_conflict);
        }
        if dice.happens(150) && !delegated {
            start = start.delay(dice.millis(1..15_000));
        }
        if dice.happens(200) || delegated {
            start = start.deadline(dice.millis(100..40_000));
        }
        if dice.happens(600) {
            start = start.max_attempts(dice.pick(&[1, 1, 2, 3]));
        }
        if dice.happens(300) {
            start = start.priority(dice.pick(&[-1, 1, 7]));
        }
        if dice.happens(60) {
            start = start.retention(dice.millis(1..20_000));
        }
        let retry = Retry::default().initial_delay(dice.millis(0..2_000)).max_delay(Duration::from_secs(10));
        start.retry(retry.on(TRANSIENT))
    }
}
