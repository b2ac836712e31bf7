//! What to ask the server, and when: the one loop beneath waiting and progress.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};
use tonic::{Code, Status};

use super::backoff::{self, Backoff};
use super::kind::Kind;
use super::operations::Shared;
use crate::Polling;
use crate::google::longrunning::Operation;

/// What an answer may take beyond the time for which the server was asked to hold it. After that the call
/// is given up, so that a connection that swallows requests does not end the wait.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// No call is longer than this, whatever the policy says: nothing between client and server keeps a silent
/// request for days.
const LONGEST_HOLD: Duration = Duration::from_secs(60 * 60);

/// A server that answers `WaitOperation` in less than this part of the time that it was given, though
/// nothing has ended, does not really wait.
const AT_ONCE: f64 = 0.1;

/// After so many calls of `WaitOperation` in a row that were answered at once or cut off, the server is not
/// expected to wait any more. One or two are no sign: a server that shuts down sends its waiters away.
const PATIENCE: u32 = 3;

/// What the answers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Only the end counts, so the server may hold its answer for long.
    End,
    /// What happens in between counts too.
    Updates,
}

/// One wait for an operation: a sequence of answers, the last of which tells the end.
///
/// It never asks more often than the policy allows, and not beyond the policy's total time: from one question
/// to the next it takes at least the policy's pause (or [`LONGEST_HOLD`]), whatever the server answers. Only
/// a handle that knows nothing yet may ask once more, for a first look.
pub(super) struct Watch {
    shared: Arc<Shared>,
    polling: Polling,
    aim: Aim,
    backoff: Backoff,
    /// When to give up; `None` if that is beyond the end of the clock.
    deadline: Option<Instant>,
    /// How many calls of `WaitOperation` in a row were of no use.
    useless_waits: u32,
    /// How long to pause before the next question.
    delay: Duration,
    /// The last error that was not final.
    trouble: Option<Status>,
}

#[derive(Clone, Copy)]
enum Question {
    Get,
    Wait(Duration),
}

impl Watch {
    /// Begins a wait. Its total time counts from here.
    pub(super) fn new(shared: Arc<Shared>, polling: Polling, aim: Aim) -> Self {
        Self {
            backoff: Backoff::new(polling, shared.client.jitter_source()),
            shared,
            polling,
            aim,
            deadline: Instant::now().checked_add(polling.total_timeout()),
            useless_waits: 0,
            delay: Duration::ZERO,
            trouble: None,
        }
    }

    /// Pauses as the policy asks, then asks until there is an answer.
    pub(super) async fn next(&mut self) -> Result<Operation, Kind> {
        self.shared.named()?;
        loop {
            let Some(answered) = self.before_deadline().await else {
                return Err(Kind::TimedOut {
                    after: self.polling.total_timeout(),
                    trouble: self.trouble.take(),
                });
            };
            match answered {
                (question, took, Ok(operation)) => {
                    self.after_answer(question, took);
                    return Ok(self.shared.remember(operation));
                }
                (question, took, Err(status)) => self.after_error(question, took, status)?,
            }
        }
    }

    /// The next question and its answer, with the time that it took; `None` if the deadline comes first.
    async fn before_deadline(&mut self) -> Option<(Question, Duration, Result<Operation, Status>)> {
        let deadline = self.deadline;
        let ask = async {
            // Even a sleep of no time takes one tick of the timer.
            if !self.delay.is_zero() {
                sleep(self.delay).await;
            }
            let question = self.question();
            let asked = Instant::now();
            let answer = self.ask(question).await;
            (question, asked.elapsed(), answer)
        };
        match deadline {
            Some(deadline) if deadline <= Instant::now() => None,
            Some(deadline) => timeout_at(deadline, ask).await.ok(),
            None => Some(ask.await),
        }
    }

    fn question(&mut self) -> Question {
        // Somebody who wants to see progress wants first of all to see how far it is.
        if self.only_get() || (self.aim == Aim::Updates && !self.shared.is_known()) {
            return Question::Get;
        }
        let hold = match self.aim {
            Aim::End => backoff::longest(self.polling),
            Aim::Updates => self.backoff.next(),
        };
        let left =
            self.deadline.map_or(LONGEST_HOLD, |deadline| deadline.saturating_duration_since(Instant::now()));
        Question::Wait(hold.min(left).min(LONGEST_HOLD))
    }

    async fn ask(&self, question: Question) -> Result<Operation, Status> {
        let (limit, answer) = match question {
            Question::Get => (ANSWER_TIME, timeout(ANSWER_TIME, self.shared.get(Some(ANSWER_TIME))).await),
            Question::Wait(hold) => {
                let limit = hold + ANSWER_TIME;
                (limit, timeout(limit, self.shared.wait(hold, limit)).await)
            }
        };
        answer.unwrap_or_else(|_| Err(Status::deadline_exceeded(format!("no answer within {limit:?}"))))
    }

    /// Whether `WaitOperation` has turned out to be of no use.
    fn only_get(&self) -> bool {
        self.useless_waits >= PATIENCE
    }

    fn after_answer(&mut self, question: Question, took: Duration) {
        self.trouble = None;
        self.delay = match question {
            Question::Wait(hold) => {
                self.useless_waits = if took < hold.mul_f64(AT_ONCE) { self.useless_waits + 1 } else { 0 };
                if took < hold { self.backoff.next().saturating_sub(took) } else { Duration::ZERO }
            }
            Question::Get if self.only_get() => self.backoff.next(),
            Question::Get => Duration::ZERO,
        };
    }

    fn after_error(&mut self, question: Question, took: Duration, status: Status) -> Result<(), Kind> {
        match question {
            Question::Wait(_) if status.code() == Code::Unimplemented => {
                self.useless_waits = PATIENCE;
                // What is known is too fresh to ask again at once; what is not known is not.
                self.delay = if self.shared.is_known() { self.backoff.next() } else { Duration::ZERO };
                return Ok(());
            }
            // Nobody cancelled this call: it was cut off, by a server that shuts down, or by a limit that the
            // server or a proxy sets for all calls. Short questions will do better against the latter.
            Question::Wait(_) if matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled) => {
                self.useless_waits += 1;
                self.delay = self.backoff.next().saturating_sub(took);
            }
            _ if is_passing(&status) => self.delay = self.backoff.next(),
            Question::Wait(_) => return Err(Kind::Rpc { method: "WaitOperation", status }),
            Question::Get => return Err(Kind::Rpc { method: "GetOperation", status }),
        }
        self.trouble = Some(status);
        Ok(())
    }
}

/// Whether the same question may well be answered later.
///
/// UNAVAILABLE says so (AIP-194). A question that was not answered in time, or that the transport lost on
/// its way (the status has a source then), can safely be asked again, since asking changes nothing.
fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
        || std::error::Error::source(status).is_some()
}
