//! Chapter `ListOperations`, of its filters. What they can say is tested where they are read; this is what a server does with them.

use std::time::Duration;

use lro::google::longrunning::ListOperationsRequest;
use lro::google::rpc;
use lro::store::{Beginning, NewOperation, OperationName, Outcome, Payload, Store};
use lro::{Method, Start};
use lro_store_conformance::StoreMethod;
use prost::Message;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use tonic::Code;

use crate::scripted_service::{Job, Percent, Report};
use crate::support::{Server, detail, memory_store, reason};

const OTHER: &str = "/test.ScriptedService/Other";

/// A server that knows what the metadata of a method consists of, beside one of which it does not.
fn server() -> Server {
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    let field = |name: &str, number, kind: Type| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        r#type: Some(kind.into()),
        ..FieldDescriptorProto::default()
    };
    let percent = DescriptorProto {
        name: Some("Percent".to_owned()),
        field: vec![field("value", 1, Type::Uint32), field("note", 2, Type::String)],
        ..DescriptorProto::default()
    };
    let file = FileDescriptorProto {
        package: Some("test".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: vec![percent],
        ..FileDescriptorProto::default()
    };
    let descriptors = FileDescriptorSet { file: vec![file] }.encode_to_vec().leak();
    let other: Method<Job, Report, Percent> = Method::new(OTHER, "test.Job", "test.Report", "test.Percent");
    let work = |_, _, _| async { Ok(Report::default()) };
    server.engine.register(other.with_descriptors(descriptors), &server.service, work);
    server
}

async fn start(server: &Server, value: u32) -> String {
    let metadata = Percent { value, note: "x".repeat(10) };
    let started = server.start_with("wait", Start::new().metadata(metadata)).await.unwrap();
    tokio::time::advance(Duration::from_millis(1)).await;
    started.name
}

fn filtered(filter: &str) -> ListOperationsRequest {
    ListOperationsRequest { filter: filter.to_owned(), ..ListOperationsRequest::default() }
}

async fn names(server: &Server, request: ListOperationsRequest) -> (Vec<String>, String) {
    let response = server.list(request).await.unwrap();
    (response.operations.into_iter().map(|operation| operation.name).collect(), response.next_page_token)
}

#[tokio::test(start_paused = true)]
async fn a_filter_selects_and_pages_go_on_where_they_ended() {
    let server = server();
    let mut expected = Vec::new();
    for value in 0..30 {
        let name = start(&server, value).await;
        if value % 3 == 0 {
            expected.push(name);
        }
    }
    expected.reverse();
    let thirds: Vec<_> = (0..30).step_by(3).map(|value| format!("metadata.value = {value}")).collect();
    let filter = thirds.join(" OR ");
    for page_size in [1, 3, 4, 10, 50] {
        let (mut found, mut request) = (Vec::new(), ListOperationsRequest { page_size, ..filtered(&filter) });
        loop {
            let (page, token) = names(&server, request.clone()).await;
            assert!(page.len() <= usize::try_from(page_size).unwrap());
            found.extend(page);
            if token.is_empty() {
                break;
            }
            request.page_token = token;
        }
        assert_eq!(found, expected, "{page_size} a page");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_bound_to_its_filter() {
    let server = server();
    for value in 0..3 {
        start(&server, value).await;
    }
    let (_, page_token) =
        names(&server, ListOperationsRequest { page_size: 1, ..filtered("done = false") }).await;
    let other = ListOperationsRequest { page_token, ..filtered("done=false") };
    let status = server.list(other).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"));
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_filter_is_said_with_its_place() {
    let server = server();
    for (filter, says) in [
        ("done = ", "at character 8: the filter ends"),
        ("dne = true", "at character 1: an operation has no field \"dne\"; did you mean `done`?"),
        ("done = maybe", "at character 8: done is compared with `true` or `false`"),
        ("metadata.valu > 1", "did you mean `value`?"),
        ("metadata.value > many", "at character 18: "),
        ("response.text = a", "no descriptor of test.Report"),
        ("a call", "say which one should match"),
    ] {
        let status = server.list(filtered(filter)).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::InvalidArgument, "INVALID_FILTER"),
            "{filter}"
        );
        let request: rpc::BadRequest = detail(&status).unwrap();
        let violation = &request.field_violations[0];
        assert_eq!((violation.field.as_str(), violation.reason.as_str()), ("filter", "INVALID_FILTER"));
        assert!(violation.description.contains(says), "{filter}: {}", violation.description);
    }
    let long = server.list(filtered(&"x".repeat(1_000_000))).await.unwrap_err();
    assert!(long.message().contains("1000000 bytes; at most 4096") && long.message().len() < 200, "{long}");
}

#[tokio::test(start_paused = true)]
async fn what_a_store_can_look_for_it_is_asked_for() {
    let server = server();
    for value in 0..2 {
        start(&server, value).await;
    }
    server.store.take_log();
    let (found, _) = names(&server, filtered("done = true AND error.code = NOT_FOUND")).await;
    assert!(found.is_empty());
    // What nothing can match is not looked for at all.
    let (found, _) = names(&server, filtered("done = true AND done = false")).await;
    assert!(found.is_empty());
    let called: Vec<_> = server.store.take_log().into_iter().map(|entry| entry.call.method).collect();
    assert_eq!(called, [StoreMethod::List]);
}

#[tokio::test(start_paused = true)]
async fn one_call_looks_at_no_more_than_it_may_and_the_token_goes_on() {
    const OPERATIONS: usize = 12_000;
    let server = server();
    let metadata = Payload::new(
        "type.googleapis.com/test.Percent",
        Percent { value: 1, ..Percent::default() }.encode_to_vec(),
    );
    let operation = |id: usize| {
        let name = OperationName::parse(&format!("operations/{id}")).unwrap();
        let request = Payload::new("type.googleapis.com/test.Job", Vec::new());
        let response = Payload::new("type.googleapis.com/test.Report", Vec::new());
        NewOperation::new(name, OTHER, request)
            .with_metadata(metadata.clone())
            .with_beginning(Beginning::Done(Outcome::Response(response)))
    };
    for batch in 0..OPERATIONS / 1_000 {
        server.store.create((0..1_000).map(|id| operation(batch * 1_000 + id)).collect()).await.unwrap();
    }
    tokio::time::advance(Duration::from_millis(1)).await;
    let last = start(&server, 1).await;
    server.store.take_log();
    let (found, token) = names(&server, filtered("metadata.value > 1")).await;
    assert!(found.is_empty() && !token.is_empty(), "the page is short, and not the end");
    let looks = server.store.take_log().len();
    assert!(looks <= 10, "{looks} pages of the store");
    let request = ListOperationsRequest { page_token: token, ..filtered("metadata.value > 1") };
    assert_eq!(names(&server, request).await, (Vec::new(), String::new()));
    assert_eq!(names(&server, filtered("method != \"/test.ScriptedService/Other\"")).await.0, [last]);
}
