//! The clients: what they start, and what they ask about it.

mod audit;
mod known;
mod plan;
pub(crate) mod wire;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::Channel;

use self::known::{Known, Operation};
use self::wire::Reply;
use crate::event::{Answer, Event, Request, Seen, Work};
use crate::job::{Completion, Job};
use crate::log::Log;
use crate::settings::MAX_WAIT;
use crate::site::{Process, Site};
use test_tools::Dice;

/// How long a client waits for an answer before it takes the call for lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many operations may be open before clients start no more.
const MOST_OPEN: usize = 120;

/// How many operations of one key may be open, which wait for each other.
const MOST_OF_KEY: usize = 5;

/// A client. Clones share what they know, and what is random.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    site: Site,
    log: Log,
    dice: Dice,
    known: Known,
    calls: Arc<AtomicU64>,
}

impl Client {
    pub(crate) fn new(site: Site, log: Log, dice: Dice) -> Self {
        Self { site, log, dice, known: Known::default(), calls: Arc::default() }
    }

    /// Another client, that knows the same.
    pub(crate) fn fork(&self) -> Self {
        Self { dice: self.dice.fork(), ..self.clone() }
    }

    /// Starts operations and asks about them, until it is to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            sleep(self.dice.millis(0..500)).await;
            if self.dice.happens(550) && self.known.open().len() < MOST_OPEN {
                self.start().await;
            } else {
                self.ask().await;
            }
        }
    }

    /// Starts an operation: repeats the request until it is answered, and at times also then.
    async fn start(&self) {
        let job = Job::random(&self.dice);
        let plan = job.options.plan();
        let open = self.known.open();
        if plan.key.is_some() && open.iter().filter(|other| other.plan.key == plan.key).count() >= MOST_OF_KEY
        {
            return;
        }
        for _ in 0..20 {
            if let Some(process) = self.site.serving(&self.dice) {
                let request = Request::Start { request_id: job.request_id.clone(), plan: plan.clone() };
                let Reply { answer, token } =
                    self.call(&process, request, |channel| wire::start(channel, job.clone())).await;
                match answer {
                    Answer::Operation(Seen { name, outcome, .. }) => {
                        self.known.add(&name, &plan, token);
                        if outcome.is_some() {
                            self.known.set_done(&name);
                        }
                        if self.dice.happens(150) {
                            // While its handler writes.
                            sleep(self.dice.millis(0..800)).await;
                            self.cancel(&process, name).await;
                            return;
                        }
                        if self.dice.happens(400) {
                            self.wait_for(name).await;
                            return;
                        }
                        if !self.dice.happens(200) {
                            return;
                        }
                    }
                    Answer::Error { code: 8 | 10, .. } => return,
                    _ => {}
                }
            }
            sleep(self.dice.millis(20..1_500)).await;
        }
    }

    /// Asks something about some operation.
    async fn ask(&self) {
        let (Some(process), Some(operation)) = (self.site.serving(&self.dice), self.known.any(&self.dice))
        else {
            return;
        };
        match self.dice.below(100) {
            0..=34 => self.wait_for(operation.name).await,
            35..=69 => drop(self.get(&process, operation.name).await),
            70..=81 => self.cancel(&process, operation.name).await,
            82..=84 => self.delete(&process, operation.name).await,
            _ => {
                let open = self.known.open();
                let delegated: Vec<_> =
                    open.into_iter().filter(|known| known.plan.work == Work::Others).collect();
                if !delegated.is_empty() {
                    self.complete(&process, &delegated[self.dice.index(delegated.len())]).await;
                }
            }
        }
    }

    async fn get(&self, process: &Process, name: String) -> Answer {
        let request = Request::Get { operation: name.clone() };
        self.call(process, request, |channel| wire::get(channel, name)).await.answer
    }

    /// Waits for an operation, for a short or a long time.
    async fn wait_for(&self, name: String) {
        let Some(process) = self.site.serving(&self.dice) else { return };
        let longest = if self.dice.happens(500) { Duration::from_secs(1) } else { MAX_WAIT };
        let millis = self.dice.below(u64::try_from(longest.as_millis()).unwrap_or(u64::MAX));
        let request = Request::Wait { operation: name.clone(), millis };
        self.call(&process, request, |channel| wire::wait(channel, name, millis)).await;
    }

    async fn cancel(&self, process: &Process, name: String) {
        let request = Request::Cancel { operation: name.clone() };
        self.call(process, request, |channel| wire::cancel(channel, name)).await;
    }

    async fn delete(&self, process: &Process, name: String) {
        self.known.set_deleted(&name);
        let request = Request::Delete { operation: name.clone() };
        self.call(process, request, |channel| wire::delete(channel, name)).await;
    }

    async fn complete(&self, process: &Process, operation: &Operation) {
        let Some(token) = operation.token.clone() else { return };
        let text = format!("by others, {:08x}", self.dice.bits() >> 32);
        let request = Request::Complete { operation: operation.name.clone(), text: text.clone() };
        self.call(process, request, |channel| wire::complete(channel, Completion { token, text })).await;
    }

    /// Makes a call and writes down when it was made, and when and how it ended. Now and then the client goes away early.
    async fn call<F>(&self, process: &Process, request: Request, call: impl FnOnce(Channel) -> F) -> Reply
    where
        F: Future<Output = Result<Reply, Status>>,
    {
        let Some(channel) = process.channel() else { return Answer::GivenUp.into() };
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let gives_up = self.dice.happens(30).then(|| self.dice.millis(1..200));
        self.log.write(Event::Call { call: number, process: process.number(), request });
        let reply = match timeout(gives_up.unwrap_or(PATIENCE), call(channel)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(status)) => wire::failed(&status).into(),
            Err(_) if gives_up.is_some() => Answer::GivenUp.into(),
            Err(_) => Answer::Lost { why: format!("there was no answer within {PATIENCE:?}") }.into(),
        };
        self.log.write(Event::Answer { call: number, answer: reply.answer.clone() });
        if let Answer::Operation(Seen { name, outcome: Some(_), .. }) = &reply.answer {
            self.known.set_done(name);
        }
        reply
    }
}
