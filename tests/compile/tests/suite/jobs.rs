//! An API whose operations are of its own kind: its typed client, against a server with a script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use compile_tests::jobs::jobs_server::{Jobs, JobsServer};
use compile_tests::jobs::printer_lro::PrinterLroClient;
use compile_tests::jobs::printer_server::{Printer, PrinterServer};
use compile_tests::jobs::{Job, JobRequest, Page, job};
use lro::google::rpc;
use lro::{Polling, Update, payload};
use tokio_stream::Stream;
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status, async_trait};

/// Knows one job, and notes what it is asked.
#[derive(Clone, Default)]
struct Office(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    asked: Vec<String>,
    /// How often it answers that the job goes on.
    goes_on: usize,
    is_stopped: bool,
}

fn page(number: i32) -> lro::Any {
    payload::pack("tests.jobs.v1.Page", &Page { number })
}

fn running(number: i32) -> Job {
    Job { id: "j1".to_owned(), progress: Some(page(number)), finished: false, outcome: None }
}

fn done() -> Job {
    Job { finished: true, outcome: Some(job::Outcome::Result(page(9))), ..running(2) }
}

impl Office {
    fn answer(&self, what: &str, request: &JobRequest) -> Response<Job> {
        let mut state = self.0.lock().unwrap();
        state.asked.push(format!("{what} {}", request.job_id()));
        if state.is_stopped {
            let status =
                rpc::Status { code: Code::Cancelled as i32, message: "stopped".to_owned(), details: vec![] };
            return Response::new(Job {
                finished: true,
                outcome: Some(job::Outcome::Trouble(status)),
                ..running(1)
            });
        }
        if state.goes_on > 0 {
            state.goes_on -= 1;
            return Response::new(running(1));
        }
        Response::new(done())
    }

    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    fn client(&self) -> PrinterLroClient {
        let routes = Routes::new(PrinterServer::new(self.clone())).add_service(JobsServer::new(self.clone()));
        let polling = Polling::new()
            .with_initial_delay(Duration::from_millis(1))
            .with_max_delay(Duration::from_millis(1));
        lro::Client::new(routes.prepare()).polling(polling).into()
    }
}

#[async_trait]
impl Jobs for Office {
    async fn get(&self, request: Request<JobRequest>) -> Result<Response<Job>, Status> {
        Ok(self.answer("get", request.get_ref()))
    }

    async fn wait(&self, request: Request<JobRequest>) -> Result<Response<Job>, Status> {
        assert!(request.get_ref().patience.is_some());
        Ok(self.answer("wait", request.get_ref()))
    }

    async fn stop(&self, request: Request<JobRequest>) -> Result<Response<Job>, Status> {
        self.0.lock().unwrap().is_stopped = true;
        Ok(self.answer("stop", request.get_ref()))
    }
}

#[async_trait]
impl Printer for Office {
    type FollowStream = std::pin::Pin<Box<dyn Stream<Item = Result<Job, Status>> + Send>>;

    async fn print(&self, _: Request<Page>) -> Result<Response<Job>, Status> {
        Ok(Response::new(running(0)))
    }

    async fn follow(&self, _: Request<Page>) -> Result<Response<Self::FollowStream>, Status> {
        let broken = Err(Status::unavailable("the line is cut"));
        let states = [Ok(running(0)), Ok(running(1)), broken];
        Ok(Response::new(Box::pin(tokio_stream::iter(states))))
    }

    async fn count(&self, request: Request<Page>) -> Result<Response<Page>, Status> {
        Ok(Response::new(request.into_inner()))
    }
}

#[tokio::test]
async fn its_jobs_are_waited_for_like_all_operations() {
    let office = Office::default();
    let operation = office.client().print(Page { number: 3 }).await.unwrap();
    assert_eq!(operation.latest().unwrap().unwrap().metadata(), Some(&Page { number: 0 }));
    assert_eq!(operation.wait().await.unwrap(), Page { number: 9 });
    assert_eq!(office.asked(), ["wait j1"]);
}

#[tokio::test]
async fn its_jobs_are_resumed_polled_and_cancelled() {
    let office = Office::default();
    office.0.lock().unwrap().goes_on = 1;
    let operation = office.client().print_operation("j1");
    assert!(!operation.poll().await.unwrap().is_done());
    operation.cancel().await.unwrap();
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(office.asked(), ["get j1", "stop j1", "wait j1"]);
    let error = operation.delete().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::Unimplemented, "there is no RPC for it");
}

#[tokio::test]
async fn a_stream_of_its_jobs_is_followed_and_asked_for_when_it_breaks() {
    let office = Office::default();
    let operation = office.client().follow(Page::default()).await.unwrap();
    let mut updates = operation.updates();
    let mut last = None;
    while let Some(update) = updates.next().await {
        last = Some(update.unwrap());
    }
    assert_eq!(last, Some(Update::Done(Page { number: 9 })));
    assert_eq!(office.asked(), ["wait j1"]);
    let counted = office.client().count(Page { number: 7 }).await.unwrap();
    assert_eq!(counted.into_inner().number, 7);
}
