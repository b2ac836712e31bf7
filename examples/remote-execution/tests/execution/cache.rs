//! Which results are remembered, and who gets them.

use remote_execution::job::Job;
use remote_execution::pb::ExecuteRequest;
use tonic::Code;

use crate::support::{Site, result, within};

/// A job whose result says when it has run.
fn clock() -> Job {
    Job::script("cat /proc/sys/kernel/random/uuid")
}

#[tokio::test]
async fn a_result_is_remembered_until_somebody_wants_a_new_one() {
    let site = Site::new().await;
    let (action, execution) = site.start(&clock()).await;
    let first = within(execution.wait()).await.unwrap();
    assert!(!first.cached_result);
    let again = site.run(&clock()).await;
    assert!(again.cached_result);
    assert_eq!(again.result, first.result);
    assert_eq!(Some(site.client.remembered(&action).await.unwrap()), first.result);

    let request = ExecuteRequest {
        action_digest: Some(action.clone()),
        skip_cache_lookup: true,
        ..ExecuteRequest::default()
    };
    let anew = within(site.client.request(request).await.unwrap().wait()).await.unwrap();
    assert!(!anew.cached_result);
    assert_ne!(anew.result, first.result);
    assert_eq!(Some(site.client.remembered(&action).await.unwrap()), anew.result, "the last one counts");
}

#[tokio::test]
async fn what_must_not_be_cached_is_not_and_failures_are_not() {
    let site = Site::new().await;
    let failing = Job::script("cat /proc/sys/kernel/random/uuid; exit 1");
    for job in [Job { do_not_cache: true, ..clock() }, failing] {
        let (first, second) = (site.run(&job).await, site.run(&job).await);
        assert!(!second.cached_result);
        assert_ne!(result(&first), result(&second));
        let unknown = site.client.remembered(&job.encode().0).await.unwrap_err();
        assert_eq!(unknown.code(), Code::NotFound);
    }
}
