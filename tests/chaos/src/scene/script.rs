//! What an operation of a scene does.

use crate::event::Request;
use crate::job::{Ending, Job, Options, Step};

/// How often work may begin.
const ATTEMPTS: u32 = 25;

/// A request: steps of work, one after the other, and then success with a text that names the attempt.
#[derive(Debug, Clone)]
#[must_use = "a script does nothing before it is started"]
pub struct Script(Job);

impl Script {
    /// Work that does nothing.
    pub fn new(request_id: impl Into<String>) -> Self {
        let options = Options { max_attempts: ATTEMPTS, retry_millis: 100, ..Options::default() };
        Self(Job { request_id: request_id.into(), options, ..Job::default() })
    }

    /// Then it waits until a gate is [open](super::Scene::open).
    pub fn gate(self, name: &str) -> Self {
        self.step(Step { gate: name.to_owned(), ..Step::default() })
    }

    /// Then it stores a checkpoint. That of the step counted from 1 and of an attempt has the number of the step times a
    /// thousand, and that of the attempt.
    pub fn checkpoint(self) -> Self {
        self.step(Step { checkpoint: true, ..Step::default() })
    }

    /// Makes the request so many bytes longer.
    pub fn padding(mut self, bytes: usize) -> Self {
        self.0.endings = vec![Ending::Succeed.into(); bytes];
        self
    }

    /// Then it takes so long.
    pub fn pause(self, millis: u64) -> Self {
        self.step(Step { sleep_millis: millis, ..Step::default() })
    }

    fn step(mut self, step: Step) -> Self {
        self.0.steps.push(step);
        self
    }

    pub(super) fn job(&self) -> Job {
        self.0.clone()
    }

    pub(super) fn request(&self) -> Request {
        Request::Start { request_id: self.0.request_id.clone(), plan: self.0.options.plan() }
    }
}
