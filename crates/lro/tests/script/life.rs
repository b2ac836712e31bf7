//! How an operation goes on by the clock.

use lro::Any;
use lro::google::longrunning::{DeleteOperationRequest, operation};
use lro::google::rpc;
use lro::testing::script::ScriptedServer;
use prost::Message;
use tokio::time::sleep;
use tonic::{Code, Status};

use crate::support::{METHOD, Script, asker, cancel, code, done, get, seconds, step, told};

#[tokio::test(start_paused = true)]
async fn it_follows_its_script() {
    let server = ScriptedServer::new();
    let script = Script::new().progress_at(seconds(4), step(2)).progress_at(seconds(1), step(1));
    let name = server.start(METHOD, script.succeed_at(seconds(10), done(42)));
    let asker = asker(&server);
    let mut seen = Vec::new();
    for _ in 0..12 {
        seen.push(told(&get(&asker, &name).await.unwrap()));
        sleep(seconds(1)).await;
    }
    seen.dedup();
    assert_eq!(seen, ["no step", "step 1", "step 2", "step 2, ended with 42"]);
}

#[tokio::test(start_paused = true)]
async fn without_an_end_it_never_ends() {
    let server = ScriptedServer::new();
    let name = server.start(METHOD, Script::new());
    sleep(seconds(1 << 40)).await;
    assert!(!get(&asker(&server), &name).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn it_fails_with_the_details_of_the_status() {
    let detail = Any { type_url: "type.googleapis.com/test.v1.Why".to_owned(), value: vec![8, 1] };
    let failure = rpc::Status { code: 9, message: "shelf 1 fell".to_owned(), details: vec![detail] };
    let status =
        Status::with_details(Code::FailedPrecondition, "shelf 1 fell", failure.encode_to_vec().into());
    let server = ScriptedServer::new();
    let name = server.start(METHOD, Script::new().fail_at(seconds(0), &status));
    let ended = get(&asker(&server), &name).await.unwrap();
    assert_eq!(ended.result, Some(operation::Result::Error(failure)));
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_what_no_server_should_answer() {
    let slash =
        Any { type_url: "type.googleapis.com/google.protobuf.Timestamp/".to_owned(), value: Vec::new() };
    let ends = [None, Some(Any::default()), Some(slash)].map(|any| any.map(operation::Result::Response));
    let server = ScriptedServer::new();
    for end in ends {
        let name = server.start(METHOD, Script::new().end_at(seconds(0), end.clone()));
        let ended = get(&asker(&server), &name).await.unwrap();
        assert!(ended.done);
        assert_eq!(ended.result, end);
    }
}

#[tokio::test(start_paused = true)]
async fn a_padded_response_is_large_and_still_decodes() {
    let server = ScriptedServer::new();
    let script = Script::new().succeed_at(seconds(0), done(42)).response_size(5 << 20);
    let name = server.start(METHOD, script);
    let ended = get(&asker(&server), &name).await.unwrap();
    assert!(ended.encoded_len() > 5 << 20);
    assert_eq!(told(&ended), "no step, ended with 42");
}

#[tokio::test(start_paused = true)]
async fn it_is_hidden_for_as_long_as_it_says() {
    let server = ScriptedServer::new();
    let asker = asker(&server);
    let name = server.start(METHOD, Script::new().hidden_for(seconds(3)));
    sleep(seconds(2)).await;
    assert_eq!(code(&get(&asker, &name).await), Code::NotFound);
    assert_eq!(code(&cancel(&asker, &name).await), Code::NotFound);
    sleep(seconds(1)).await;
    assert_eq!(code(&get(&asker, &name).await), Code::Ok);
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_it_at_once_later_or_never() {
    let server = ScriptedServer::new();
    let asker = asker(&server);
    let end = || Script::new().succeed_at(seconds(10), done(42));
    let names = [end(), end().cancelled_after(seconds(2)), end().ignore_cancel()]
        .map(|script| server.start(METHOD, script));
    sleep(seconds(1)).await;
    let mut seen = Vec::new();
    for name in &names {
        cancel(&asker, name).await.unwrap();
        seen.push(told(&get(&asker, name).await.unwrap()));
    }
    assert_eq!(seen, ["no step, ended with code 1", "no step", "no step"]);
    sleep(seconds(2)).await;
    // A second request does not put the end off.
    cancel(&asker, &names[1]).await.unwrap();
    assert_eq!(told(&get(&asker, &names[1]).await.unwrap()), "no step, ended with code 1");
    sleep(seconds(7)).await;
    assert_eq!(told(&get(&asker, &names[2]).await.unwrap()), "no step, ended with 42");
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_is_gone() {
    let server = ScriptedServer::new();
    let mut asker = asker(&server);
    let name = server.start(METHOD, Script::new().name("shelves/1/operations/7"));
    assert_eq!(name, "shelves/1/operations/7");
    let delete = DeleteOperationRequest { name: name.clone() };
    asker.delete_operation(delete.clone()).await.unwrap();
    assert_eq!(code(&get(&asker, &name).await), Code::NotFound);
    assert_eq!(code(&asker.delete_operation(delete).await), Code::NotFound);
}
