//! APIs with a message and RPCs of their own for operations.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};

use lro::google::longrunning::{self, operation};
use lro::google::rpc;
use lro::payload::pack;
use lro::{Any, Client, Method, OperationRpcs};
use prost::Message;
use prost_types::Timestamp;
use tonic::server::Grpc;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::scripted_service::{DONE, polling};

/// What some API answers with for an operation.
#[derive(Clone, PartialEq, Message)]
struct Job {
    #[prost(string, tag = "7")]
    id: String,
    #[prost(bool, tag = "8")]
    finished: bool,
    #[prost(message, tag = "9")]
    result: Option<Any>,
    #[prost(string, tag = "10")]
    trouble: String,
}

#[derive(Clone, PartialEq, Message)]
struct JobRequest {
    #[prost(string, tag = "5")]
    job_id: String,
}

const JOBS: OperationRpcs = OperationRpcs::new(|bytes| {
    let job = Job::decode(bytes)?;
    let trouble = rpc::Status { code: Code::Internal as i32, message: job.trouble, details: Vec::new() };
    let result = match job.result {
        Some(result) => operation::Result::Response(result),
        None => operation::Result::Error(trouble),
    };
    let result = job.finished.then_some(result);
    Ok(longrunning::Operation { name: job.id, metadata: None, done: job.finished, result })
})
.with_get("/jobs.v1.Jobs/GetJob", |id| JobRequest { job_id: id }.encode_to_vec());

const RUN: Method<(), Timestamp, ()> =
    Method::new("/jobs.v1.Jobs/Run", "google.protobuf.Empty", DONE, "google.protobuf.Empty").with_rpcs(&JOBS);

type Log = Arc<Mutex<Vec<String>>>;

/// A client of a server that answers each call with the next of these jobs, and what it was asked.
fn jobs(answers: impl IntoIterator<Item = Job>) -> (Client, Log) {
    let (log, answers) = (Log::default(), answers.into_iter().collect::<VecDeque<_>>());
    let (noted, answers) = (Arc::clone(&log), Arc::new(Mutex::new(answers)));
    let service = tower::service_fn(move |call: http::Request<tonic::body::Body>| {
        let path = call.uri().path().to_owned();
        let (noted, answers) = (Arc::clone(&noted), Arc::clone(&answers));
        let answer = tower::service_fn(move |request: Request<JobRequest>| {
            noted
                .lock()
                .unwrap()
                .push(format!("{path} {}", request.into_inner().job_id).trim_end().to_owned());
            let answer = answers.lock().unwrap().pop_front();
            ready(answer.map(Response::new).ok_or_else(|| Status::not_found("there is no such job")))
        });
        async move { Ok::<_, Infallible>(Grpc::new(ProstCodec::default()).unary(answer, call).await) }
    });
    (Client::new(service).jitter(|| 0.0), log)
}

fn job(finished: bool) -> Job {
    let result = finished.then(|| pack(DONE, &Timestamp { seconds: 5, nanos: 0 }));
    Job { id: "j1".to_owned(), finished, result, trouble: String::new() }
}

#[tokio::test(start_paused = true)]
async fn operations_of_another_kind_are_waited_for_like_all_others() {
    let (client, log) = jobs([job(false), job(false), job(true)]);
    let operation = client.start(RUN, Request::new(())).await.unwrap().with_polling(polling());
    assert_eq!(operation.name(), "j1");
    assert_eq!(operation.wait().await.unwrap().seconds, 5);
    assert_eq!(
        *log.lock().unwrap(),
        ["/jobs.v1.Jobs/Run", "/jobs.v1.Jobs/GetJob j1", "/jobs.v1.Jobs/GetJob j1"]
    );
}

#[tokio::test(start_paused = true)]
async fn they_are_resumed_and_their_errors_read() {
    let broken = Job { result: None, trouble: "out of paper".to_owned(), ..job(true) };
    let (client, _) = jobs([broken]);
    let error = client.operation(RUN, "j1").wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().message(), "out of paper");
}

#[tokio::test]
async fn errors_name_the_rpc_that_was_called_or_is_missing() {
    let (client, log) = jobs([]);
    let operation = client.operation(RUN, "j1");
    let error = operation.poll().await.unwrap_err();
    assert!(error.to_string().starts_with("GetJob failed for operation `j1`"), "{error}");
    for error in [operation.cancel().await.unwrap_err(), operation.delete().await.unwrap_err()] {
        assert_eq!(error.status().unwrap().code(), Code::Unimplemented, "{error}");
        assert!(!error.to_string().contains("google"), "it is not asked: {error}");
    }
    assert_eq!(log.lock().unwrap().len(), 1, "what is missing is not called");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_error_of_the_call() {
    const GARBLED: OperationRpcs = OperationRpcs::new(|_| Err(JobRequest::decode(&[0xff][..]).unwrap_err()));
    let (client, _) = jobs([job(false)]);
    let error = client.start(RUN.with_rpcs(&GARBLED), Request::new(())).await.unwrap_err();
    assert_eq!(error.code(), Code::Internal);
}
