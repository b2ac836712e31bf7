//! Executions that are cancelled, or whose time is over.

use std::time::Duration;

use remote_execution::demo::Gate;
use remote_execution::job::Job;
use remote_execution::pb::execution_stage::Value as Stage;
use remote_execution::show;
use tonic::Code;

use crate::support::{Site, code, nobody_waits, pause, waiting, within};

/// A command with a process in the background, in a shell of its own.
fn two_processes(gate: &Gate) -> Job {
    Job::script(&format!("echo begun; ({wait}) & {wait}", wait = gate.wait()))
}

#[tokio::test]
async fn a_cancellation_kills_the_whole_process_group() {
    for arguments in [[].as_slice(), &["--no-namespaces"]] {
        let site = Site::with(arguments).await;
        let gate = site.gate("gate");
        let execution = site.begin(&two_processes(&gate)).await;
        within(async {
            // The launcher has the script too, and `unshare` where it is there.
            while waiting(&gate) < 3 {
                pause().await;
            }
        })
        .await;
        execution.cancel().await.unwrap();
        let response = within(execution.wait()).await.unwrap();
        assert_eq!(code(&response), Some(Code::Cancelled), "{arguments:?}");
        nobody_waits(&gate).await;
    }
}

#[tokio::test]
async fn what_waits_for_a_place_is_cancelled_without_running() {
    let site = Site::with(&["--places=1"]).await;
    let (first, second) = (site.gate("first"), site.gate("second"));
    let runs = site.begin(&Job::script(&first.wait())).await;
    let (_, waits) = site.start(&Job::script(&second.wait())).await;
    show::until(&waits, Stage::Queued).await.unwrap();
    waits.cancel().await.unwrap();
    let response = within(waits.wait()).await.unwrap();
    assert_eq!((code(&response), response.result), (Some(Code::Cancelled), None));
    assert_eq!(waiting(&second), 0);
    first.open().unwrap();
    assert_eq!(code(&within(runs.wait()).await.unwrap()), None);
}

#[tokio::test]
async fn a_command_whose_time_is_over_is_killed() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let job = Job { timeout: Some(Duration::from_millis(200)), ..two_processes(&gate) };
    let response = site.run(&job).await;
    assert_eq!(code(&response), Some(Code::DeadlineExceeded));
    assert_eq!(response.result.unwrap().exit_code, 137);
    nobody_waits(&gate).await;
}

#[tokio::test]
async fn a_time_beyond_the_limit_is_refused() {
    let site = Site::with(&["--longest=10"]).await;
    let job = Job { timeout: Some(Duration::from_secs(11)), ..Job::script("true") };
    let action = site.client.upload(&job).await.unwrap();
    let refused = site.client.execute(&action).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
}
