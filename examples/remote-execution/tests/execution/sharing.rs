//! Those who want one action at the same time.

use remote_execution::job::Job;

use crate::support::{Site, result, within};

/// A job that waits at a gate, and whose result says when it has run.
fn slow(wait: &str) -> Job {
    Job::script(&format!("cat /proc/sys/kernel/random/uuid; {wait}"))
}

#[tokio::test]
async fn two_clients_share_one_operation_and_one_run() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let execution = site.begin(&slow(&gate.wait())).await;
    let other = site.connect().await;
    let action = other.upload(&slow(&gate.wait())).await.unwrap();
    let shared = other.execute(&action).await.unwrap();
    assert_eq!(execution.name(), shared.name());
    gate.open().unwrap();
    let (one, two) = within(async { tokio::join!(execution.wait(), shared.wait()) }).await;
    assert_eq!(one.unwrap(), two.unwrap());
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_run() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let action = site.client.upload(&slow(&gate.wait())).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, action) = (site.client.clone(), action.clone());
        calls.spawn(async move { client.execute(&action).await.unwrap() });
    }
    let executions = calls.join_all().await;
    gate.open().unwrap();
    let mut runs = std::collections::BTreeSet::new();
    for execution in &executions {
        assert_eq!(execution.name(), executions[0].name());
        runs.insert(site.stdout(result(&within(execution.wait()).await.unwrap())).await);
    }
    assert_eq!(runs.len(), 1, "{runs:?}");
}

#[tokio::test]
async fn what_must_not_be_cached_is_not_shared_either() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let job = Job { do_not_cache: true, ..slow(&gate.wait()) };
    let (one, other) = (site.begin(&job).await, site.begin(&job).await);
    assert_ne!(one.name(), other.name());
    gate.open().unwrap();
    let (one, other) = within(async { tokio::join!(one.wait(), other.wait()) }).await;
    assert_ne!(one.unwrap().result, other.unwrap().result);
}
