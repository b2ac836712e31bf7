//! What goes wrong with calls.

use std::time::Duration;

use http_body_util::BodyExt;
use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use tokio::time::{Instant, timeout};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::{Code, Request, Status};

use crate::support::{METHOD, Script, asker, code, done, get, seconds, told, wait};

fn server(fault: Fault) -> (ScriptedServer, String) {
    let server = ScriptedServer::new();
    server.fault(fault);
    let name = server.start(METHOD, Script::new().succeed_at(seconds(0), done(42)));
    (server, name)
}

/// The status that tonic makes of a call that meets the fault.
async fn status(fault: Fault) -> Status {
    let (server, name) = server(fault);
    get(&asker(&server), &name).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_status_comes_as_it_is_with_details_and_metadata() {
    let mut sent = Status::with_details(Code::ResourceExhausted, "slow down", vec![1, 2, 3].into());
    sent.metadata_mut().insert("x-reason", "quota".parse().unwrap());
    let status = status(Fault::status(sent)).await;
    assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, "slow down"));
    assert_eq!(status.details(), [1, 2, 3]);
    assert_eq!(status.metadata().get("x-reason").unwrap(), "quota");
}

#[tokio::test(start_paused = true)]
async fn a_fault_meets_as_many_calls_of_its_rpcs_as_it_says() {
    let (server, name) = server(Fault::status(Status::unavailable("")).on(Rpc::Get).times(2));
    let asker = asker(&server);
    assert_eq!(code(&wait(&asker, &name, seconds(1)).await), Code::Ok);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(code(&get(&asker, &name).await));
    }
    assert_eq!(codes, [Code::Unavailable, Code::Unavailable, Code::Ok]);
}

#[tokio::test(start_paused = true)]
async fn the_first_fault_that_fits_is_met_and_healing_removes_all() {
    let (server, name) = server(Fault::status(Status::aborted("")).times(1));
    server.fault(Fault::status(Status::internal("")));
    let asker = asker(&server);
    assert_eq!(code(&get(&asker, &name).await), Code::Aborted);
    assert_eq!(code(&get(&asker, &name).await), Code::Internal);
    server.heal();
    assert_eq!(code(&get(&asker, &name).await), Code::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_condition_sees_the_call_and_may_ask_the_server() {
    let (server, name) = server(Fault::slow(Duration::ZERO).times(1));
    let seen = server.clone();
    server.fault(
        Fault::status(Status::unauthenticated("expired"))
            .when(move |call| call.header("authorization") == Some("old") && seen.calls().len() == 2),
    );
    let mut asker = asker(&server);
    let mut codes = Vec::new();
    for token in ["old", "new", "old", "old"] {
        let mut request = Request::new(lro::google::longrunning::GetOperationRequest { name: name.clone() });
        request.metadata_mut().insert("authorization", token.parse().unwrap());
        codes.push(code(&asker.get_operation(request).await));
    }
    assert_eq!(codes, [Code::Ok, Code::Ok, Code::Unauthenticated, Code::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_may_last_until_a_token_is_renewed() {
    let status = Status::unauthenticated("expired");
    let (server, name) = server(Fault::status(status).until_changed("authorization"));
    let mut asker = asker(&server);
    let mut codes = Vec::new();
    for token in ["old", "old", "new", "newer"] {
        let mut request = Request::new(lro::google::longrunning::GetOperationRequest { name: name.clone() });
        request.metadata_mut().insert("authorization", token.parse().unwrap());
        codes.push(code(&asker.get_operation(request).await));
    }
    assert_eq!(codes, [Code::Unauthenticated, Code::Unauthenticated, Code::Ok, Code::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_made_late() {
    let server = ScriptedServer::new();
    server.fault(Fault::slow(seconds(3)));
    let name = server.start(METHOD, Script::new().succeed_at(seconds(2), done(42)));
    let start = Instant::now();
    assert_eq!(told(&get(&asker(&server), &name).await.unwrap()), "no step, ended with 42");
    assert_eq!(start.elapsed(), seconds(3));
}

#[tokio::test(start_paused = true)]
async fn a_swallowed_call_is_never_answered_and_seen_all_the_same() {
    let (server, name) = server(Fault::hang());
    timeout(seconds(1 << 30), get(&asker(&server), &name)).await.unwrap_err();
    assert_eq!(server.calls_of(Rpc::Get).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_cut_where_the_fault_says() {
    let status_of = |fault| async { status(fault).await.to_string() };
    let before_trailers = status_of(Fault::without_trailers()).await;
    assert!(before_trailers.contains("grpc-status"), "{before_trailers}");
    let before_message = status_of(Fault::without_message()).await;
    assert!(before_message.contains("Missing response message"), "{before_message}");
    let in_message = status_of(Fault::half_a_message()).await;
    assert!(in_message.contains("EOF"), "{in_message}");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_too_short_to_be_cut() {
    let server = ScriptedServer::new();
    server.fault(Fault::half_a_message()).waiting(Waiting::unimplemented());
    assert_eq!(code(&wait(&asker(&server), "operations/1", seconds(1)).await), Code::Unimplemented);
}

#[tokio::test(start_paused = true)]
async fn a_proxy_answers_in_html_or_with_nothing() {
    let page = "<html><head><title>502</title></head><body>nginx</body></html>";
    let faults = [(Fault::proxy(502), Some("text/html"), page), (Fault::http(502, "", ""), None, "")];
    for (fault, content_type, page) in faults {
        let (server, _) = server(fault);
        let request = http::Request::post("http://server/google.longrunning.Operations/GetOperation");
        let request = request.body(Body::new("\0\0\0\0\0".to_owned())).unwrap();
        let response = server.transport().call(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 502);
        let found = response.headers().get(http::header::CONTENT_TYPE);
        assert_eq!(found.map(|value| value.to_str().unwrap()), content_type);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), page);
    }
}

#[tokio::test(start_paused = true)]
async fn no_connection_is_unavailable_and_a_failing_layer_is_not() {
    let status = status(Fault::unreachable("no such host")).await;
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "no such host"));
    let status = self::status(Fault::transport("the token store is down")).await;
    assert_eq!((status.code(), status.message()), (Code::Unknown, "the token store is down"));
}
