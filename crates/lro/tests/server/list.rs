//! Chapter `ListOperations`.

use std::time::Duration;

use lro::Start;
use lro::google::longrunning::ListOperationsRequest;
use lro::google::rpc;
use lro_store_conformance::StoreMethod;
use prost::Message;
use tonic::Code;

#[cfg(feature = "client")]
use crate::scripted_service::WORK;
use crate::scripted_service::{Job, Percent};
use crate::support::{Server, detail, memory_store, reason};

async fn start_many(server: &Server, parent: &str, count: usize) -> Vec<String> {
    let mut names = Vec::new();
    for _ in 0..count {
        let started = server.start_with("wait", Start::new().parent(parent)).await.unwrap();
        names.push(started.name);
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    names.reverse();
    names
}

fn page(parent: &str, page_size: i32, page_token: &str) -> ListOperationsRequest {
    ListOperationsRequest {
        name: parent.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
        ..ListOperationsRequest::default()
    }
}

async fn names(server: &Server, request: ListOperationsRequest) -> (Vec<String>, String) {
    let response = server.list(request).await.unwrap();
    (response.operations.into_iter().map(|operation| operation.name).collect(), response.next_page_token)
}

#[tokio::test(start_paused = true)]
async fn the_name_is_the_parent_and_a_dash_reads_across_one_level() {
    let server = Server::new();
    let one = start_many(&server, "shelves/1", 2).await;
    let two = start_many(&server, "shelves/2", 1).await;
    let deep = start_many(&server, "shelves/2/rows/1", 1).await;
    let root = start_many(&server, "", 1).await;
    let all: Vec<_> = [&root, &deep, &two, &one].into_iter().flatten().cloned().collect();
    let across: Vec<_> = [&two, &one].into_iter().flatten().cloned().collect();
    for (parent, expected) in
        [("", &all), ("shelves/1", &one), ("shelves/-", &across), ("shelves/-/rows/-", &deep)]
    {
        assert_eq!(&names(&server, page(parent, 0, "")).await.0, expected, "{parent}");
    }
}

#[tokio::test(start_paused = true)]
#[cfg(feature = "client")]
async fn a_client_lists_them_as_handles_page_by_page() {
    let server = Server::new();
    let expected = start_many(&server, "shelves/1", 5).await;
    start_many(&server, "shelves/2", 1).await;
    let client = lro::Client::new(server.engine.operations_server());
    let mut list = client.operations().list("shelves/1").of(WORK).page_size(2);
    let mut names = Vec::new();
    while let Some(operation) = list.next().await {
        names.push(operation.unwrap().name().to_owned());
    }
    assert_eq!(names, expected);
    let refused = client.operations().list("").page_size(-1).next().await.unwrap();
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn page_sizes_have_a_default_and_a_limit() {
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    start_many(&server, "", 1_050).await;
    for (asked, given) in [(0, 50), (7, 7), (1_000, 1_000), (i32::MAX, 1_000)] {
        let (found, next) = names(&server, page("", asked, "")).await;
        assert_eq!(found.len(), given);
        assert!(!next.is_empty());
    }
    let status = server.list(page("", -1, "")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_PAGE_SIZE"));
    let request: rpc::BadRequest = detail(&status).unwrap();
    assert_eq!(request.field_violations[0].field, "page_size");
}

#[tokio::test(start_paused = true)]
async fn only_an_empty_token_is_the_end() {
    let server = Server::new();
    let expected = start_many(&server, "shelves/1", 6).await;
    let (first, token) = names(&server, page("shelves/1", 3, "")).await;
    let (second, end) = names(&server, page("shelves/1", 3, &token)).await;
    assert_eq!([first, second].concat(), expected);
    assert_eq!(end, "");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_large_operations_is_short_and_not_the_end() {
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    for _ in 0..4 {
        let large = Percent { value: 0, note: "x".repeat(1_200_000) };
        server.start_with("wait", Start::new().metadata(large)).await.unwrap();
    }
    let (first, token) = names(&server, page("", 0, "")).await;
    let (second, end) = names(&server, page("", 0, &token)).await;
    assert_eq!((first.len(), second.len(), end.as_str()), (2, 2, ""));
}

#[tokio::test(start_paused = true)]
async fn the_order_is_newest_first_and_stable_under_inserts() {
    let server = Server::new();
    let old = start_many(&server, "", 5).await;
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let (found, next) = names(&server, page("", 2, &token)).await;
        seen.extend(found);
        if next.is_empty() {
            break;
        }
        token = next;
        start_many(&server, "", 1).await;
    }
    assert_eq!(seen, old);
}

#[tokio::test(start_paused = true)]
async fn another_page_size_on_the_next_page_is_honoured() {
    let server = Server::new();
    let expected = start_many(&server, "", 5).await;
    let (_, token) = names(&server, page("", 1, "")).await;
    let (found, _) = names(&server, page("", 3, &token)).await;
    assert_eq!(found, expected[1..4]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_opaque_and_good_for_its_question_and_key_only() {
    let store = memory_store();
    let server = Server::with(store.clone(), |builder| builder.page_token_key([1; 32]));
    let replica = Server::with(store.clone(), |builder| builder.page_token_key([1; 32]));
    let stranger = Server::with(store, |builder| builder);
    start_many(&server, "shelves/1", 3).await;
    let (_, token) = names(&server, page("shelves/1", 1, "")).await;
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
    assert_eq!(names(&replica, page("shelves/1", 5, &token)).await.0.len(), 2);

    let mut changed = token.clone();
    changed.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    for (asked, parent, token) in [
        (&server, "shelves/1", changed.as_str()),
        (&server, "shelves/1", "forged"),
        (&server, "shelves/2", &token),
        (&server, "", &token),
        (&stranger, "shelves/1", &token),
    ] {
        let status = asked.list(page(parent, 1, token)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_collection_of_a_parent_is_the_parent() {
    let server = Server::new();
    let one = start_many(&server, "shelves/1", 2).await;
    let root = start_many(&server, "", 1).await;
    let all = [root, one.clone()].concat();
    for (name, expected) in [
        ("operations", &all),
        ("shelves/1/operations", &one),
        ("shelves/-/operations", &one),
        ("-/-/operations", &one),
    ] {
        assert_eq!(&names(&server, page(name, 0, "")).await.0, expected, "{name}");
    }
    assert!(names(&server, page("shelves/1/myoperations", 0, "")).await.0.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_offered_says_so() {
    let server = Server::new();
    let partial = ListOperationsRequest { return_partial_success: true, ..ListOperationsRequest::default() };
    let status = server.list(partial).await.unwrap_err();
    let expected = (Code::Unimplemented, "PARTIAL_SUCCESS_UNSUPPORTED");
    assert_eq!((status.code(), reason(&status).as_str()), expected);
}

#[tokio::test(start_paused = true)]
async fn a_list_asks_the_store_for_what_it_may_send_and_reads_no_requests() {
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    for _ in 0..40 {
        // A request of a megabyte, and metadata of a hundred kilobytes.
        let job = Job::new(&"x".repeat(1_000_000));
        let start = Start::new().metadata(Percent { value: 0, note: "x".repeat(100_000) });
        server.call(job, || Ok(start)).await.unwrap();
    }
    server.store.take_log();
    let mut token = String::new();
    let mut sizes = Vec::new();
    loop {
        let response = server.list(page("", 1_000, &token)).await.unwrap();
        assert!(response.encoded_len() <= 3_000_000);
        sizes.push(response.operations.len());
        token = response.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(sizes, [29, 11], "requests do not count");
    let called: Vec<_> = server.store.take_log().into_iter().map(|entry| entry.call.method).collect();
    assert_eq!(called, [StoreMethod::List; 2], "one look for each page, and nothing else is read");
}
