//! Lists of operations, as streams of handles.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};

use lro::google::longrunning::{ListOperationsRequest, ListOperationsResponse, Operation, operation};
use lro::google::rpc;
use lro::payload::pack;
use lro::{Any, Client, Method, OperationPage, OperationRpcs};
use prost::Message;
use tonic::server::Grpc;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::scripted_service::{DONE, METHOD, STEP, unused};

type Pages = VecDeque<Result<ListOperationsResponse, Status>>;
type Log = Arc<Mutex<Vec<String>>>;

/// A client of a server that has these pages, and what it was asked.
fn server(pages: impl IntoIterator<Item = Result<ListOperationsResponse, Status>>) -> (Client, Log) {
    let (log, pages) = (Log::default(), Arc::new(Mutex::new(pages.into_iter().collect::<Pages>())));
    let noted = Arc::clone(&log);
    let service = tower::service_fn(move |call: http::Request<tonic::body::Body>| {
        let path = call.uri().path().to_owned();
        let (noted, pages) = (Arc::clone(&noted), Arc::clone(&pages));
        let answer = tower::service_fn(move |request: Request<ListOperationsRequest>| {
            let ListOperationsRequest { name, filter, page_size, page_token, .. } = request.into_inner();
            let asked = format!("{path} {name} {filter:?} {page_size} {page_token:?}");
            noted.lock().unwrap().push(asked);
            ready(pages.lock().unwrap().pop_front().expect("a page is left").map(Response::new))
        });
        async move { Ok::<_, Infallible>(Grpc::new(ProstCodec::default()).unary(answer, call).await) }
    });
    (Client::new(service), log)
}

fn page(operations: impl IntoIterator<Item = Operation>, next: &str) -> ListOperationsResponse {
    let next_page_token = next.to_owned();
    let operations = operations.into_iter().collect();
    ListOperationsResponse { operations, next_page_token, ..Default::default() }
}

fn operation(name: &str, metadata: Option<Any>, result: Option<operation::Result>) -> Operation {
    Operation { name: name.to_owned(), metadata, done: result.is_some(), result }
}

fn running(name: &str) -> Operation {
    operation(name, Some(pack(STEP, &prost_types::Duration { seconds: 1, nanos: 0 })), None)
}

async fn names<Res, Meta>(mut list: lro::OperationList<Res, Meta>) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(operation) = list.next().await {
        names.push(operation.unwrap().name().to_owned());
    }
    names
}

#[tokio::test]
async fn pages_follow_each_other_and_each_handle_knows_its_operation() {
    let pages = [page([running("a"), running("b")], "more"), page([], "still"), page([running("c")], "")];
    let (client, log) = server(pages.map(Ok));
    let mut list = client.operations().list("shelves/1").filter("done = false").of(METHOD).page_size(2);
    assert!(log.lock().unwrap().is_empty(), "nothing is asked before the first item is wanted");
    let first = list.next().await.unwrap().unwrap();
    assert_eq!(first.latest().unwrap().unwrap().metadata().unwrap().seconds, 1);
    assert_eq!(names(list).await, ["b", "c"]);
    let path = "/google.longrunning.Operations/ListOperations shelves/1 \"done = false\" 2";
    let asked = ["", "more", "still"].map(|token| format!("{path} {token:?}"));
    assert_eq!(*log.lock().unwrap(), asked);
}

#[tokio::test]
async fn a_list_of_one_method_leaves_out_the_operations_of_others() {
    let result = |any| Some(operation::Result::Response(any));
    let failed = rpc::Status { code: 5, ..Default::default() };
    let all = || {
        let operations = [
            running("runs"),
            operation("no metadata yet", None, None),
            operation("other metadata", Some(pack(DONE, &())), None),
            operation("done", None, result(pack(DONE, &()))),
            operation("other response", running("").metadata, result(pack(STEP, &()))),
            operation("failed", None, Some(operation::Result::Error(failed.clone()))),
        ];
        page(operations, "")
    };
    let (client, _) = server([all(), all()].map(Ok));
    let ours = ["runs", "no metadata yet", "done", "failed"];
    assert_eq!(names(client.operations().list("").of(METHOD)).await, ours);
    assert_eq!(names(client.operations().list("")).await.len(), 6);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let (client, log) = server([Ok(page([running("a")], "more")), Err(Status::unavailable("away"))]);
    let mut list = client.operations().list("shelves/1");
    assert!(list.next().await.unwrap().is_ok());
    assert_eq!(list.next().await.unwrap().unwrap_err().code(), Code::Unavailable);
    assert!(list.next().await.is_none());
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_an_api_cannot_be_asked_for_is_not_asked() {
    const NO_LIST: OperationRpcs = OperationRpcs::new(Operation::decode);
    const ALL: OperationRpcs =
        NO_LIST.with_list("/jobs.v1.Jobs/List", |_| Vec::new(), |_| Ok(OperationPage::default()));
    const OF_NO_LIST: Method<(), (), ()> = Method::new("", "", "", "").with_rpcs(&NO_LIST);
    const OF_ALL: Method<(), (), ()> = Method::new("", "", "", "").with_rpcs(&ALL);
    let client = Client::new(unused());
    let refused = [
        (client.operations().list("").of(OF_NO_LIST), Code::Unimplemented),
        (client.operations().list("shelves/1").of(OF_ALL), Code::InvalidArgument),
        (client.operations().list("").of(OF_ALL).filter("done"), Code::InvalidArgument),
    ];
    for (mut list, code) in refused {
        assert_eq!(list.next().await.unwrap().unwrap_err().code(), code);
        assert!(list.next().await.is_none());
    }
}
