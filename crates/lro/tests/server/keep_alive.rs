//! Signs of life: one call for a process, and not at the same moment as those of others.

use std::collections::BTreeSet;
use std::time::Duration;

use lro::{OnConflict, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::{Instant, sleep};

use crate::support::{LEASE, Server, memory_store, response};

const MINUTE: Duration = Duration::from_secs(60);

/// A generator of numbers that repeat themselves (`SplitMix64`).
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn seeded(builder: lro::EngineBuilder, seed: u64) -> lro::EngineBuilder {
    let numbers = std::sync::Mutex::new(numbers(seed));
    builder.random_source(move || (*numbers.lock().unwrap())())
}

#[tokio::test(start_paused = true)]
async fn it_costs_the_same_calls_however_much_runs() {
    let mut totals = Vec::new();
    for running in [10, 1_000] {
        let server = Server::with(memory_store(), |builder| seeded(builder.concurrency(2_000), 1));
        sleep(MINUTE).await;
        for _ in 0..running {
            server.start("wait").await;
        }
        sleep(MINUTE).await;
        assert_eq!(server.engine.stats().running, running);
        server.store.take_log();
        sleep(MINUTE * 10).await;
        let log = server.store.take_log();
        let beats = log.iter().filter(|entry| entry.call.method == StoreMethod::KeepAlive).count();
        // While something runs, each 2 seconds or up to a fifth less.
        assert!((300..=375).contains(&beats), "{beats}");
        totals.push(log.len());
    }
    // Nor does anything else; intervals are drawn at random.
    assert!(totals[0].abs_diff(totals[1]) * 20 < totals[0], "{totals:?}");
}

#[tokio::test(start_paused = true)]
async fn processes_that_were_started_together_do_not_act_together() {
    let store = memory_store();
    let began = Instant::now();
    let servers = [1, 2].map(|seed| Server::with(store.clone(), |builder| seeded(builder, seed)));
    let times = servers.each_ref().map(Server::times);
    sleep(MINUTE * 15).await;
    for (method, longest) in [
        (StoreMethod::KeepAlive, LEASE / 4),
        (StoreMethod::Claim, Duration::from_secs(2)),
        (StoreMethod::Reclaim, Duration::from_secs(2)),
        (StoreMethod::Expire, Duration::from_secs(2)),
        (StoreMethod::Purge, MINUTE),
    ] {
        let [one, two] = times.each_ref().map(|times| {
            let times = times.lock().unwrap();
            let of_method = times.iter().filter(|(called, _)| *called == method);
            // The first is the one with which the process begins.
            of_method.map(|(_, time)| (*time - began).as_millis()).skip(1).take(100).collect::<Vec<_>>()
        });
        for times in [&one, &two] {
            assert!(times.len() >= 10, "{method} {}", times.len());
            for pair in times.windows(2) {
                let interval = pair[1] - pair[0];
                let (least, most) = (longest.mul_f64(0.8).as_millis(), longest.as_millis() + 1);
                assert!((least..=most).contains(&interval), "{method} {interval}");
            }
        }
        let one: BTreeSet<_> = one.into_iter().collect();
        let together = two.iter().filter(|time| one.contains(time)).count();
        assert!(together <= 1, "{method}: {together} of {}", two.len());
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_must_not_overlap_begins_only_under_a_lease_that_is_sure() {
    let mut server = Server::new();
    // The store knows of the process, which does not know that.
    server.store.inject(StoreMethod::KeepAlive, Fault::after(FailureMode::Unavailable));
    sleep(Duration::from_secs(1)).await;
    let exclusive = Start::new().exclusive("shelves/1", OnConflict::Queue).at_most_once();
    let name = server.start_with("succeed", exclusive).await.unwrap().name;
    sleep(MINUTE).await;
    assert!(server.has_no_event());
    server.store.mend();
    server.expect_began(&name, 1, None).await;
    assert_eq!(response(&server.end(&name).await).text, "done");
}
