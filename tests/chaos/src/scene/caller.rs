//! Who calls the processes of a scene.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tonic::Status;
use tonic::transport::Channel;

use super::{PATIENCE, Script};
use crate::client::wire::{self, Reply};
use crate::event::{Answer, Event, Outcome, Request, Seen};
use crate::log::Log;
use crate::site::process::channel;

/// How long a call may take.
const CALL: Duration = Duration::from_secs(30);

/// How long one wait for an outcome is.
const WAIT: Duration = Duration::from_secs(10);

/// How long a client waits before it tries again.
const PAUSE: Duration = Duration::from_millis(50);

/// A client of one process. Each call and its answer are written down. A dropped call may have had its effect.
#[derive(Debug, Clone)]
pub struct Caller {
    log: Log,
    calls: Arc<AtomicU64>,
    process: u32,
    channel: Channel,
}

impl Caller {
    pub(super) fn new(
        log: Log,
        calls: Arc<AtomicU64>,
        process: u32,
        address: SocketAddr,
    ) -> io::Result<Self> {
        Ok(Self { log, calls, process, channel: channel(address)? })
    }

    /// Asks for an operation.
    pub async fn start(&self, script: &Script) -> Answer {
        let (request, job) = (script.request(), script.job());
        self.call(request, |channel| wire::start(channel, job)).await
    }

    /// Asks for an operation until it is acknowledged: its name.
    ///
    /// # Errors
    /// With the last answer, when there is none in the end.
    pub async fn started(&self, script: &Script) -> io::Result<String> {
        self.again(|| self.start(script), |seen| Some(seen.name)).await
    }

    /// Asks how an operation stands.
    pub async fn get(&self, name: &str) -> Answer {
        let request = Request::Get { operation: name.to_owned() };
        self.call(request, |channel| wire::get(channel, name.to_owned())).await
    }

    /// Waits for an operation once.
    pub async fn wait(&self, name: &str, time: Duration) -> Answer {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let request = Request::Wait { operation: name.to_owned(), millis };
        self.call(request, |channel| wire::wait(channel, name.to_owned(), millis)).await
    }

    /// Waits for an operation until it is done.
    ///
    /// # Errors
    /// With the last answer, when it is not done in the end.
    pub async fn outcome(&self, name: &str) -> io::Result<Outcome> {
        self.again(|| self.wait(name, WAIT), |seen| seen.outcome).await
    }

    /// The names of all operations, if they can be had.
    pub async fn list(&self) -> Answer {
        self.call(Request::List, wire::list).await
    }

    async fn again<T, F: Future<Output = Answer>>(
        &self,
        ask: impl Fn() -> F,
        take: impl Fn(Seen) -> Option<T>,
    ) -> io::Result<T> {
        let began = Instant::now();
        loop {
            let answer = ask().await;
            if let Answer::Operation(seen) = answer.clone()
                && let Some(found) = take(seen)
            {
                return Ok(found);
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("the last answer is {answer:?}")));
            }
            sleep(PAUSE).await;
        }
    }

    async fn call<F>(&self, request: Request, call: impl FnOnce(Channel) -> F) -> Answer
    where
        F: Future<Output = Result<Reply, Status>>,
    {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        self.log.write(Event::Call { call: number, process: self.process, request });
        let answer = match timeout(CALL, call(self.channel.clone())).await {
            Ok(Ok(reply)) => reply.answer,
            Ok(Err(status)) => wire::failed(&status),
            Err(_) => Answer::Lost { why: format!("there was no answer within {CALL:?}") },
        };
        self.log.write(Event::Answer { call: number, answer: answer.clone() });
        answer
    }
}
