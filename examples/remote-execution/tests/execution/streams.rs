//! Streams that break, and clients that go away.

use std::process::Stdio;

use remote_execution::client::Client;
use remote_execution::job::Job;
use remote_execution::pb::execution_stage::Value as Stage;
use remote_execution::proxy::Proxy;
use remote_execution::show;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tonic::Code;

use crate::support::{Site, pause, program, result, within};

#[tokio::test]
async fn a_stream_that_breaks_is_followed_by_another_one() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let proxy = Proxy::start(site.server.address()).await.unwrap();
    let client = Client::connect(&proxy.address()).await.unwrap();
    let action = client.upload(&Job::script(&format!("{}; echo here", gate.wait()))).await.unwrap();
    let execution = client.execute(&action).await.unwrap();
    show::until(&execution, Stage::Executing).await.unwrap();
    let waits = || client.calls().iter().filter(|method| *method == "WaitExecution").count();
    let breaks = async {
        for broken in 1..=3 {
            // One that is cut before it goes through the proxy is not broken, so again until the client has noticed.
            while waits() < broken {
                proxy.cut();
                pause().await;
            }
        }
        gate.open().unwrap();
    };
    let (response, ()) = within(async { tokio::join!(execution.wait(), breaks) }).await;
    assert_eq!(site.stdout(result(&response.unwrap())).await, "here\n");
    let calls = client.calls();
    assert!(!calls.iter().any(|method| method == "GetOperation" || method == "WaitOperation"), "{calls:?}");
    assert_eq!(calls.iter().filter(|method| *method == "Execute").count(), 1, "{calls:?}");
}

#[tokio::test]
async fn a_call_that_goes_away_does_not_stop_the_work() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let job = Job { do_not_cache: true, ..Job::script(&format!("{}; echo here", gate.wait())) };
    let execution = site.begin(&job).await;
    let name = execution.to_string();
    drop(execution);
    let other = site.connect().await;
    let resumed = other.resume(&name);
    show::until(&resumed, Stage::Executing).await.unwrap();
    gate.open().unwrap();
    assert_eq!(site.stdout(result(&within(resumed.wait()).await.unwrap())).await, "here\n");
}

#[tokio::test]
async fn a_client_that_is_killed_does_not_stop_the_work() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let mut process = Command::new(program())
        .args(["client", "--server", site.server.address(), "run", "--do-not-cache", "--", "sh", "-c"])
        .arg(format!("{}; echo here", gate.wait()))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let started = within(lines.next_line()).await.unwrap().unwrap();
    let name = started.strip_prefix("started ").unwrap();
    while within(lines.next_line()).await.unwrap().unwrap().trim() != "EXECUTING" {}
    process.kill().await.unwrap();

    let mut resume = Command::new(program());
    resume.args(["client", "--server", site.server.address(), "resume", name]).stdout(Stdio::piped());
    let output = resume.kill_on_drop(true).spawn().unwrap();
    gate.open().unwrap();
    let output = within(output.wait_with_output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("exit code 0") && said.contains("stdout: here"), "{said}");
}

#[tokio::test]
async fn an_operation_that_there_is_not_is_not_found() {
    let site = Site::new().await;
    let error = within(site.client.resume("operations/nobody").wait()).await.unwrap_err();
    assert!(error.is_gone(), "{error}");
    assert_eq!(error.status().unwrap().code(), Code::NotFound);
    assert_eq!(site.client.calls(), ["WaitExecution"]);
}
