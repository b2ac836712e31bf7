//! Chapter "Life": a store that is away for longer than a lease costs no work and no outcome.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lro::{OnConflict, Start};
use lro_store_conformance::StoreMethod;
use tokio::time::{Instant, sleep};

use crate::scripted_service::Event;
use crate::support::{LEASE, Server, memory_store, metadata, response};

const SECOND: Duration = Duration::from_secs(1);

/// Two processes over one store.
fn pair(settings: impl Fn(lro::EngineBuilder) -> lro::EngineBuilder) -> (Server, Server) {
    let store = memory_store();
    (Server::with(store.clone(), &settings), Server::with(store, &settings))
}

#[tokio::test(start_paused = true)]
async fn work_that_ends_while_the_store_is_away_keeps_its_outcome() {
    for start in [Start::new, || Start::new().at_most_once()] {
        for outage in [LEASE / 2, LEASE * 2, LEASE * 10] {
            let (mut worker, mut other) = pair(|builder| builder);
            let name = worker.start_with("wait and report", start()).await.unwrap().name;
            worker.expect_began(&name, 1, None).await;
            worker.store.cut();
            other.store.cut();
            sleep(SECOND * 2).await;
            worker.service.gate.add_permits(1);
            assert_eq!(worker.event().await, Event::Gone(name.clone()));
            sleep(outage).await;
            worker.store.mend();
            other.store.mend();
            let mended = Instant::now();
            let done = other.end(&name).await;
            assert_eq!((response(&done).text.as_str(), metadata(&done)), ("done", Some(90)));
            assert!(mended.elapsed() <= SECOND * 6, "{:?}", mended.elapsed());
            sleep(LEASE * 4).await;
            assert!(worker.has_no_event() && other.has_no_event(), "it ran once");
        }
    }
}

/// Numbers that shorten no interval.
fn regular(builder: lro::EngineBuilder, first: u64) -> lro::EngineBuilder {
    let next = AtomicU64::new(first);
    builder.random_source(move || next.fetch_add(1, Ordering::Relaxed))
}

/// How much begins again after an outage that comes just before one process would give a sign of life, and just
/// after another one has.
async fn begun_after(outage: Duration, running: usize) -> usize {
    let (store, interval, moment) = (memory_store(), LEASE / 4, SECOND / 2);
    let mut one = Server::with(store.clone(), |builder| regular(builder, 1));
    sleep(interval.saturating_sub(moment)).await;
    let mut two = Server::with(store, |builder| regular(builder, 1_000_000));
    let mut names = BTreeSet::new();
    for server in [&mut one, &mut two] {
        for _ in 0..running {
            names.insert(server.begin("wait").await);
        }
    }
    // Both have been there for long enough to take work back.
    sleep(interval * 12 + moment / 2).await;
    one.store.cut();
    two.store.cut();
    sleep(outage).await;
    one.store.mend();
    two.store.mend();
    let calls = [one.times(), two.times()];
    sleep(LEASE * 4).await;
    for calls in &calls {
        let calls = calls.lock().unwrap();
        let first = |method| calls.iter().position(|(called, _)| *called == method);
        assert!(outage < LEASE || first(StoreMethod::KeepAlive) < first(StoreMethod::Claim), "{outage:?}");
    }
    one.service.gate.add_permits(running);
    two.service.gate.add_permits(running);
    for name in &names {
        assert_eq!(response(&one.end(name).await).text, "done");
    }
    let mut begun = 0;
    for server in [&mut one, &mut two] {
        while let Some(event) = server.next_event() {
            begun += usize::from(matches!(event, Event::Began { .. }));
        }
    }
    begun
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_whatever_length_restarts_nothing() {
    for seconds in [30, 60, 300] {
        assert_eq!(begun_after(SECOND * seconds, 50).await, 0, "{seconds} s");
    }
    // Among these are those that are over when only one of the leases is.
    for length in 1..80 {
        let outage = SECOND / 2 * length;
        assert_eq!(begun_after(outage, 1).await, 0, "{outage:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_takes_work_back_before_its_own_lease_was_whole_for_a_lease() {
    let (mut dying, mut heir) = pair(|builder| builder);
    let name = dying.begin("wait").await;
    sleep(LEASE * 2).await;
    dying.store.cut();
    heir.store.cut();
    sleep(LEASE * 2).await;
    heir.store.mend();
    let back = Instant::now();
    heir.expect_began(&name, 2, None).await;
    let least = LEASE;
    let most = LEASE + LEASE / 4 + SECOND * 2;
    assert!((least..=most).contains(&back.elapsed()), "{:?}", back.elapsed());
}

#[tokio::test(start_paused = true)]
async fn work_that_must_not_overlap_stops_before_its_lease_could_be_over() {
    let exclusive = || Start::new().exclusive("shelves/1", OnConflict::Queue);
    for (strict, start) in [(false, exclusive as fn() -> _), (true, Start::new)] {
        let (mut worker, mut other) = pair(|builder| builder.strict(strict));
        let name = worker.start_with("wait", start()).await.unwrap().name;
        worker.expect_began(&name, 1, None).await;
        sleep(LEASE * 2).await;
        worker.store.cut();
        let cut = Instant::now();
        assert_eq!(worker.event().await, Event::Gone(name.clone()));
        // A margin of a tenth before the lease is over, which began up to a quarter before the cut.
        let (least, most) = (LEASE.mul_f64(0.65), LEASE.mul_f64(0.9));
        assert!((least..=most).contains(&cut.elapsed()), "{:?}", cut.elapsed());
        other.expect_began(&name, 2, None).await;
        assert!(cut.elapsed() >= LEASE.mul_f64(0.75), "not before the lease is over: {:?}", cut.elapsed());
        other.service.gate.add_permits(1);
        assert_eq!(response(&other.end(&name).await).text, "done");
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_was_stopped_for_its_lease_is_handed_back_and_the_attempt_counts() {
    let mut server = Server::with(memory_store(), |builder| builder.strict(true));
    let name = server.start_with("wait", Start::new().max_attempts(2)).await.unwrap().name;
    server.expect_began(&name, 1, None).await;
    server.store.cut();
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    server.store.mend();
    let mended = Instant::now();
    server.expect_began(&name, 2, None).await;
    // The pause between tries to hand it back, or a sign of life and a look for work.
    assert!(mended.elapsed() <= SECOND * 10, "{:?}", mended.elapsed());
    server.store.cut();
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    server.store.mend();
    let ended = server.end(&name).await;
    assert_eq!(crate::support::error(&ended).code, i32::from(tonic::Code::Aborted));
}
