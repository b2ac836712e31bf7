//! Answers that did not come from the server, or came without their end.

use lro::testing::script::{Fault, Rpc, ScriptedServer};
use tonic::{Code, Request, Status};

use crate::promises::support::{asked, client, seconds, start, started, succeed_at};
use crate::scripted_service::{METHOD, response};

/// Waits for an operation of 30 s, while the fault meets the first calls that ask for it.
async fn survives(name: &str, fault: Fault) {
    let server = ScriptedServer::new();
    server.fault(fault.on(Rpc::Get).on(Rpc::Wait));
    let operation = started(&server, succeed_at(seconds(30))).await;
    let waited = operation.wait().await;
    assert_eq!(waited.unwrap_or_else(|error| panic!("{name}: {error}")), response());
}

#[tokio::test(start_paused = true)]
async fn what_proxies_answer_in_html_or_with_nothing_is_asked_again() {
    for code in [429, 502, 503, 504] {
        survives(&format!("{code} in HTML"), Fault::proxy(code).times(3)).await;
        survives(&format!("{code}, empty"), Fault::http(code, "", "").times(3)).await;
        survives(&format!("{code}, empty HTML"), Fault::http(code, "text/html", "").times(3)).await;
        let json = Fault::http(code, "application/json", r#"{"error":"busy"}"#);
        survives(&format!("{code} in JSON"), json.times(3)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_grpc_has_the_code_of_http_and_shows_its_text() {
    let codes = [
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (429, Code::Unavailable),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
        (200, Code::Unknown),
        (418, Code::Unknown),
        (500, Code::Unknown),
    ];
    for (http, code) in codes {
        let server = ScriptedServer::new();
        server.on(METHOD, |()| succeed_at(seconds(1)));
        let client = client(&server);
        let operation = start(&server, &client, succeed_at(seconds(1))).await;
        server.fault(Fault::http(http, "text/html", "<p>the gateway is tired</p>"));
        let error = operation.poll().await.unwrap_err();
        let status = error.status().unwrap();
        assert_eq!(status.code(), code, "{http}: {error}");
        assert!(status.message().contains("the gateway is tired"), "{http}: {error}");
        let status = client.start(METHOD, Request::new(())).await.unwrap_err();
        assert_eq!(status.code(), code, "{http}: {status}");
        assert!(status.message().contains("the gateway is tired"), "{http}: {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_page_does_not_become_a_long_message() {
    let server = ScriptedServer::new();
    let operation = started(&server, succeed_at(seconds(1))).await;
    server.fault(Fault::http(403, "text/html", "x".repeat(1 << 20)));
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::PermissionDenied);
    assert!(error.to_string().len() < 2000, "{} bytes", error.to_string().len());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_cut_short_is_asked_for_again() {
    survives("no trailers", Fault::without_trailers().times(3)).await;
    survives("no message", Fault::without_message().times(3)).await;
    survives("half a message", Fault::half_a_message().times(3)).await;
}

#[tokio::test(start_paused = true)]
async fn an_error_of_which_nobody_knows_whether_it_passes_is_asked_again() {
    survives("INTERNAL", Fault::status(Status::internal("oops")).times(3)).await;
    survives("UNKNOWN", Fault::status(Status::unknown("oops")).times(3)).await;
}

#[tokio::test(start_paused = true)]
async fn but_not_for_ever() {
    let faults = [
        Fault::status(Status::internal("oops")),
        Fault::status(Status::unknown("oops")),
        Fault::half_a_message(),
        Fault::without_trailers(),
    ];
    for fault in faults {
        let server = ScriptedServer::new();
        let operation = started(&server, succeed_at(seconds(30))).await;
        server.fault(fault.clone());
        let error = operation.wait().await.unwrap_err();
        assert!(
            matches!(error.status().unwrap().code(), Code::Internal | Code::Unknown),
            "{fault:?}: {error}"
        );
        let calls = asked(&server).len();
        // Five calls in a row, each of them WaitOperation and GetOperation.
        assert!((4..=12).contains(&calls), "{fault:?}: {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_do_not_come_in_a_row_do_not_add_up() {
    let server = ScriptedServer::new();
    server.waiting(lro::testing::script::Waiting::at_most(seconds(4)));
    let every_other = std::sync::atomic::AtomicUsize::new(0);
    server.fault(
        Fault::status(Status::internal("oops"))
            .on(Rpc::Get)
            .on(Rpc::Wait)
            .when(move |_| every_other.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 == 1),
    );
    let operation = started(&server, succeed_at(seconds(300))).await;
    assert_eq!(operation.wait().await.unwrap(), response());
}
