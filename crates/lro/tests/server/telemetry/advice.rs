//! Advice about what is probably a mistake.

use std::sync::Arc;

use lro::codegen::{Serving, register_method};
use lro::{Engine, Start};
use tonic::Request;
use tracing::Level;

use super::lines::Lines;
use crate::scripted_service::{Job, ScriptedService, WORK};
use crate::support::{Server, memory_store};

const ADVICE: &str =
    "an operation is started, and this engine has made no google.longrunning.Operations service";

#[tokio::test(start_paused = true)]
async fn starts_that_nobody_can_ask_for_are_warned_of_once() {
    let lines = Lines::collect();
    let engine = Engine::builder(memory_store()).build();
    let (service, _events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    for _ in 0..2 {
        engine.start(WORK, Request::new(Job::new("succeed")), Start::new()).await.unwrap();
    }
    let line = lines.only(ADVICE);
    assert_eq!((line.level, line.field("method")), (Level::WARN, WORK.path()));
}

#[tokio::test(start_paused = true)]
async fn starts_of_a_server_that_answers_for_them_are_not() {
    let lines = Lines::collect();
    let server = Server::new();
    server.start("succeed").await;
    assert!(lines.that_say(ADVICE).is_empty());
}
