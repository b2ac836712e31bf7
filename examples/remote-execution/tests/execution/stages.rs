//! The stages that clients see.

use lro::Update;
use remote_execution::job::Job;
use remote_execution::pb::execution_stage::Value as Stage;
use remote_execution::show;

use crate::support::{Site, within};

#[tokio::test]
async fn an_execution_goes_from_the_cache_through_the_queue_to_its_end() {
    let site = Site::with(&["--places=1"]).await;
    let (first, second) = (site.gate("first"), site.gate("second"));
    let before = site.begin(&Job::script(&first.wait())).await;
    let (action, execution) = site.start(&Job::script(&second.wait())).await;
    let mut seen = Vec::new();
    let mut updates = execution.updates();
    within(async {
        while let Some(update) = updates.next().await {
            let Update::Progress(metadata) = update.unwrap() else { continue };
            assert_eq!(metadata.action_digest.as_ref(), Some(&action));
            seen.push(show::stage(&metadata));
            match seen.last() {
                Some(Stage::Queued) => first.open().unwrap(),
                Some(Stage::Executing) => second.open().unwrap(),
                _ => {}
            }
        }
    })
    .await;
    // The look into the cache is over in a moment, which a client may miss.
    seen.retain(|stage| *stage != Stage::CacheCheck);
    assert_eq!(seen, [Stage::Queued, Stage::Executing, Stage::Completed]);
    assert_eq!(before.wait().await.unwrap().result.unwrap().exit_code, 0);
}

#[tokio::test]
async fn what_is_cached_is_completed_from_the_start() {
    let site = Site::new().await;
    let job = Job::script("true");
    site.run(&job).await;
    let (_, execution) = site.start(&job).await;
    // The first message of the stream has all of it.
    let latest = execution.latest().unwrap().unwrap();
    assert!(latest.is_done());
    assert_eq!(latest.metadata().map(show::stage), Some(Stage::Completed));
}
