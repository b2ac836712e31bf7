//! A service whose one method does what its request says, under the eyes of a test.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lro::google::rpc;
use lro::{Context, Method};
use prost::{Message, Name};
use tokio::sync::{Semaphore, mpsc};
use tonic::{Code, Status};

pub(crate) const WORK: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Work", "test.Job", "test.Report", "test.Percent")
        .with_request_id(|job: &Job| &job.request_id, |job, id| job.request_id = id)
        .with_validate_only(|job: &Job| job.validate_only);

/// Says what the work shall do, step by step: see [`ScriptedService::work`].
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Job {
    #[prost(string, tag = "1")]
    pub(crate) script: String,
    #[prost(string, tag = "2")]
    pub(crate) request_id: String,
    #[prost(bool, tag = "3")]
    pub(crate) validate_only: bool,
    #[prost(map = "string, string", tag = "4")]
    pub(crate) labels: HashMap<String, String>,
}

impl Job {
    pub(crate) fn new(script: &str) -> Self {
        Self { script: script.to_owned(), ..Self::default() }
    }

    pub(crate) fn identified(script: &str, request_id: &str) -> Self {
        Self { request_id: request_id.to_owned(), ..Self::new(script) }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Report {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Percent {
    #[prost(uint32, tag = "1")]
    pub(crate) value: u32,
    #[prost(string, tag = "2")]
    pub(crate) note: String,
}

/// A checkpoint.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Imported {
    #[prost(uint32, tag = "1")]
    pub(crate) books: u32,
    #[prost(string, tag = "2")]
    pub(crate) note: String,
}

impl Name for Imported {
    const PACKAGE: &'static str = "test";
    const NAME: &'static str = "Imported";
}

/// What a test sees of the work.
#[derive(Debug, PartialEq)]
pub(crate) enum Event {
    Began {
        name: String,
        attempt: u32,
        last_progress: Option<u32>,
    },
    /// What it was told to say.
    Said(String),
    /// It is gone: it has returned, or was dropped.
    Gone(String),
}

#[derive(Debug)]
pub(crate) struct ScriptedService {
    events: mpsc::UnboundedSender<Event>,
    /// Work that waits at the gate goes on, one at a time, with each permit.
    pub(crate) gate: Semaphore,
}

impl ScriptedService {
    pub(crate) fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<Event>) {
        let (events, seen) = mpsc::unbounded_channel();
        (Arc::new(Self { events, gate: Semaphore::new(0) }), seen)
    }

    pub(crate) async fn work(&self, job: Job, operation: Context<Percent>) -> Result<Report, Status> {
        let last_progress = operation.last_progress().map(|percent| percent.value);
        let name = operation.name().to_owned();
        let began = Event::Began { name: name.clone(), attempt: operation.attempt(), last_progress };
        // A test that no longer looks is no reason to fail.
        let _ = self.events.send(began);
        let _gone = Gone { service: self, name };
        for step in job.script.split(", ") {
            if let Some(report) = self.step(step, &operation).await? {
                return Ok(report);
            }
        }
        Ok(report("done"))
    }

    /// Takes one step of a script; what it returns ends the work.
    async fn step(&self, step: &str, operation: &Context<Percent>) -> Result<Option<Report>, Status> {
        match step {
            "succeed" => {}
            "fail" => return Err(detailed()),
            "fail with ok" => return Err(Status::ok("not really")),
            "fail at length" => return Err(Status::not_found("x".repeat(3_000_000))),
            "panic" => panic!("the secret of the panic"),
            "answer at length" => return Ok(Some(report(&"x".repeat(3_000_000)))),
            "report at length" => {
                let note = "x".repeat(3_000_000);
                operation.progress(Percent { value: 60, note }).await?;
            }
            "tell whose it is" => {
                let labels = operation.labels().iter().map(|(key, value)| format!("{key}={value}"));
                let labels = labels.collect::<Vec<_>>().join(", ");
                return Ok(Some(report(&format!("{}: {labels}", operation.owner()))));
            }
            "report" => operation.progress(Percent { value: 10, note: String::new() }).await?,
            "wait" => self.pass_the_gate().await,
            "report and wait" => {
                operation.progress(Percent { value: 50, note: String::new() }).await?;
                self.pass_the_gate().await;
            }
            "wait and report" => {
                self.pass_the_gate().await;
                operation.progress(Percent { value: 90, note: String::new() }).await?;
            }
            "report until it fails" => loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                operation.progress(Percent { value: 1, note: String::new() }).await?;
            },
            "finish although progress fails" => {
                operation.cancelled().await;
                let error = operation.progress(Percent { value: 99, note: String::new() }).await.unwrap_err();
                assert!(error.is_cancelled());
            }
            "abort when asked" => {
                operation.cancelled().await;
                return Err(Status::aborted("stopped at 50 %"));
            }
            "stop when asked" => {
                operation.cancelled().await;
                return Err(Status::cancelled("stopped at 50 %"));
            }
            "fail when asked to stop" => {
                operation.cancelled().await;
                return Err(detailed());
            }
            "finish when asked to stop" => {
                operation.cancelled().await;
                assert!(operation.is_cancelled());
            }
            "await the stop" => operation.cancelled().await,
            "say checkpoint" => {
                let checkpoint = operation.last_checkpoint::<Imported>()?;
                self.say(format!("{:?}", checkpoint.map(|imported| imported.books)));
            }
            "say deadline" => self.say(format!("{}", operation.deadline().is_some())),
            "say labels" => self.say(format!("{:?}", operation.labels().iter().collect::<Vec<_>>())),
            counted => return self.counted_step(counted, operation).await.map(|()| None),
        }
        Ok(None)
    }

    /// A step that ends in a number.
    async fn counted_step(&self, step: &str, operation: &Context<Percent>) -> Result<(), Status> {
        let (step, number) = step.rsplit_once(' ').unwrap_or_default();
        let number: u32 = number.parse().unwrap();
        match step {
            "sleep" => tokio::time::sleep(Duration::from_millis(number.into())).await,
            "report" => operation.progress(Percent { value: number, note: String::new() }).await?,
            "checkpoint" => operation.checkpoint(&Imported { books: number, note: String::new() }).await?,
            "checkpoint of size" => {
                let note = "x".repeat(number as usize);
                operation.checkpoint(&Imported { books: 0, note }).await?;
            }
            // So many attempts fail.
            "ask for more" if operation.attempt() <= number => {
                return Err(operation.retry_later(Status::unavailable("not yet")));
            }
            "be away" if operation.attempt() <= number => return Err(Status::unavailable("away")),
            "panic" if operation.attempt() <= number => panic!("the secret of the panic"),
            "be told to wait" if operation.attempt() == 1 => return Err(come_back_in(number)),
            "ask for more" | "be away" | "panic" | "be told to wait" => {}
            other => unreachable!("no such script: {other}"),
        }
        Ok(())
    }

    fn say(&self, text: String) {
        let _ = self.events.send(Event::Said(text));
    }

    async fn pass_the_gate(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

struct Gone<'a> {
    service: &'a ScriptedService,
    name: String,
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let _ = self.service.events.send(Event::Gone(std::mem::take(&mut self.name)));
    }
}

fn report(text: &str) -> Report {
    Report { text: text.to_owned() }
}

/// An error that says itself when to try again.
fn come_back_in(seconds: u32) -> Status {
    let retry_delay = prost_types::Duration { seconds: seconds.into(), nanos: 0 };
    let info = rpc::RetryInfo { retry_delay: Some(retry_delay) };
    let details = vec![lro::payload::pack("google.rpc.RetryInfo", &info)];
    let status = rpc::Status { code: 14, message: String::new(), details };
    Status::with_details(Code::Unavailable, "come back later", status.encode_to_vec().into())
}

fn detailed() -> Status {
    let detail = prost_types::Any::from_msg(&rpc::ErrorInfo {
        reason: "SHELF_FULL".to_owned(),
        domain: "library.example".to_owned(),
        metadata: std::collections::HashMap::default(),
    });
    let details = rpc::Status { code: 9, message: String::new(), details: vec![detail.unwrap()] };
    Status::with_details(Code::FailedPrecondition, "the shelf is full", details.encode_to_vec().into())
}
