//! What an engine counts and times.

use std::time::Duration;

use lro::Start;
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use metrics::Unit;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use crate::support::{LEASE, Server, memory_store};

const METHOD: &str = "/test.ScriptedService/Work";

/// What was recorded since the last look, by name and labels (`name{key=value,…}`): of gauges, by how much they have
/// changed.
#[derive(Debug)]
struct Seen(Vec<(String, DebugValue)>);

impl Seen {
    fn of(snapshotter: &Snapshotter) -> Self {
        let metrics = snapshotter.snapshot().into_vec().into_iter();
        Self(
            metrics
                .map(|(key, _, _, value)| {
                    let labels: Vec<_> = key
                        .key()
                        .labels()
                        .map(|label| format!("{}={}", label.key(), label.value()))
                        .collect();
                    (format!("{}{{{}}}", key.key().name(), labels.join(",")), value)
                })
                .collect(),
        )
    }

    fn value(&self, key: &str) -> Option<&DebugValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn counter(&self, key: &str) -> u64 {
        match self.value(key) {
            Some(DebugValue::Counter(count)) => *count,
            None => 0,
            other => panic!("{key}: {other:?}"),
        }
    }

    /// Gauges count things, so their values are whole.
    fn gauge(&self, key: &str) -> String {
        match self.value(key) {
            Some(DebugValue::Gauge(value)) => value.to_string(),
            other => panic!("{key}: {other:?} {:#?}", self.0),
        }
    }

    fn histogram(&self, key: &str) -> Vec<f64> {
        match self.value(key) {
            Some(DebugValue::Histogram(values)) => values.iter().map(|value| value.into_inner()).collect(),
            None => Vec::new(),
            other => panic!("{key}: {other:?}"),
        }
    }
}

fn of_method(name: &str) -> String {
    format!("{name}{{method={METHOD}}}")
}

#[tokio::test(start_paused = true)]
async fn operations_are_counted_and_timed_from_start_to_end() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let server = Server::with(memory_store(), |builder| builder.concurrency(1));
    let first = server.start("sleep 2000").await;
    let second = server.start("sleep 3000, fail").await;
    let waits = server.wait(&second, Some(Duration::from_secs(1)));
    let look = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Seen::of(&snapshotter)
    };
    let (_, during) = tokio::join!(waits, look);
    assert_eq!(during.counter(&of_method("lro_operations_started_total")), 2);
    assert_eq!(during.gauge(&of_method("lro_operations_running")), "1");
    assert_eq!(during.gauge("lro_operations_queued{}"), "1");
    assert_eq!(during.gauge("lro_waiters{}"), "1");
    server.end(&second).await;
    tokio::task::yield_now().await;
    let after = Seen::of(&snapshotter);
    let finished =
        |code| after.counter(&format!("lro_operations_finished_total{{method={METHOD},code={code}}}"));
    assert_eq!([finished("OK"), finished("FAILED_PRECONDITION")], [1, 1]);
    assert_eq!(after.gauge(&of_method("lro_operations_running")), "-1", "back to none");
    assert_eq!(after.gauge("lro_operations_queued{}"), "-1");
    assert_eq!(after.gauge("lro_waiters{}"), "-1");
    assert_eq!(after.counter(&format!("lro_attempts_total{{method={METHOD},end=finished}}")), 2);
    let queued = after.histogram(&of_method("lro_operation_queue_seconds"));
    assert!(matches!(queued[..], [time] if (2.0..2.1).contains(&time)), "{queued:?}");
    let ran = after.histogram(&of_method("lro_attempt_run_seconds"));
    assert!(
        matches!(ran[..], [one, two] if (2.0..2.1).contains(&one) && (3.0..3.1).contains(&two)),
        "{ran:?}"
    );
    drop(first);
}

#[tokio::test(start_paused = true)]
async fn retries_and_what_ends_without_an_attempt_are_counted() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let server = Server::new();
    server.end(&server.start("ask for more 2").await).await;
    let waiting = server.start_as("", Start::new().delay(Duration::from_secs(900))).await;
    server.cancel(&waiting).await.unwrap();
    server.start_as("", Start::new().delay(Duration::from_secs(900)).deadline(Duration::from_secs(1))).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let seen = Seen::of(&snapshotter);
    assert_eq!(seen.counter(&format!("lro_attempts_total{{method={METHOD},end=retry}}")), 2);
    let finished =
        |code| seen.counter(&format!("lro_operations_finished_total{{method={METHOD},code={code}}}"));
    assert_eq!([finished("CANCELLED"), finished("DEADLINE_EXCEEDED")], [1, 1]);
    assert_eq!(seen.counter("lro_operations_expired_total{}"), 1);
    assert_eq!(
        seen.histogram(&of_method("lro_operation_queue_seconds")).len(),
        1,
        "of the first attempt alone"
    );
}

#[tokio::test(start_paused = true)]
async fn watchers_are_counted_while_they_watch() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let watch = server.watch(&name).unwrap();
    assert_eq!(Seen::of(&snapshotter).gauge("lro_watchers{}"), "1");
    drop(watch);
    assert_eq!(Seen::of(&snapshotter).gauge("lro_watchers{}"), "-1");
}

#[tokio::test(start_paused = true)]
async fn leases_that_are_lost_and_work_that_is_taken_back_are_counted() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let store = memory_store();
    let mut cut_off = Server::over(FaultyStore::new(store.clone()), |builder| builder);
    let name = cut_off.begin("wait").await;
    cut_off.store.inject([StoreMethod::KeepAlive], Fault::before(FailureMode::Unavailable));
    let mut other = Server::with(store, |builder| builder);
    other.expect_began(&name, 2, None).await;
    cut_off.store.mend();
    tokio::time::sleep(LEASE).await;
    let seen = Seen::of(&snapshotter);
    assert_eq!(seen.counter("lro_leases_lost_total{}"), 1);
    assert_eq!(seen.counter("lro_operations_reclaimed_total{}"), 1);
    assert_eq!(seen.counter(&format!("lro_attempts_total{{method={METHOD},end=lost}}")), 1);
    assert!(!seen.histogram("lro_store_call_seconds{call=keep_alive,result=unavailable}").is_empty());
}

#[tokio::test(start_paused = true)]
async fn calls_of_the_store_are_timed_by_kind_and_result() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let server = Server::new();
    let name = server.start("").await;
    server.end(&name).await;
    drop(Seen::of(&snapshotter));
    for _ in 0..3 {
        server.get(&name).await.unwrap();
    }
    server.store.inject_next([StoreMethod::Get], 1, Fault::before(FailureMode::Internal));
    server.get(&name).await.unwrap_err();
    server.store.inject_next([StoreMethod::Get], 1, Fault::before(FailureMode::Hang));
    server.get(&name).await.unwrap_err();
    let seen = Seen::of(&snapshotter);
    let calls = |result| seen.histogram(&format!("lro_store_call_seconds{{call=get,result={result}}}")).len();
    assert_eq!([calls("ok"), calls("internal"), calls("abandoned")], [3, 1, 1]);
    assert_eq!(seen.histogram("lro_store_call_items{call=get}"), [1.0; 5]);
}

#[tokio::test(start_paused = true)]
async fn every_metric_says_what_it_is() {
    let recorder = DebuggingRecorder::new();
    let (snapshotter, _local) = (recorder.snapshotter(), metrics::set_default_local_recorder(&recorder));
    let server = Server::new();
    server.end(&server.start("").await).await;
    let metrics = snapshotter.snapshot().into_vec();
    assert!(metrics.len() > 8, "{}", metrics.len());
    for (key, unit, description, _) in metrics {
        let unit_of_name = if key.key().name().ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
        assert_eq!(unit, Some(unit_of_name), "{key:?}");
        assert!(description.is_some(), "{key:?}");
    }
}
