//! Requests of strangers who mean no good: each gets the right code and details, none of them costs anything for long, and
//! what others own stays as it is. A program of its own, so that its memory is that of these requests alone.

mod requests;
mod server;

use std::fs;

use lro::google::rpc;
use lro::payload;
use prost::Message as _;
use tonic::{Code, Status};

use self::requests::{Expected, Hostile, hostile};
use self::server::Server;

/// How often all requests come again.
const ROUNDS: usize = 10;

/// How often each comes in a round.
const TIMES: usize = 20;

/// By how much memory may differ between the third round and the last: what an allocator keeps for itself.
const SLACK: usize = 8 << 20;

#[tokio::test]
async fn each_hostile_request_gets_its_answer_and_memory_stays_flat() {
    let server = Server::new().await;
    let before = server.all().await;
    let requests = hostile(&server).await;
    assert!(requests.len() >= 60, "{}", requests.len());
    let mut memory = Vec::new();
    for round in 0..ROUNDS {
        for request in &requests {
            for _ in 0..TIMES {
                let answer = server.ask(&request.ask).await;
                check(request, answer);
            }
        }
        let stats = server.engine.stats();
        assert_eq!((stats.waiting, stats.running), (0, 1), "nothing is left of round {round}");
        memory.push(resident());
    }
    let in_kib = memory.iter().map(|bytes| (bytes >> 10).to_string());
    println!(
        "{} requests, {TIMES} times each, {ROUNDS} rounds; resident memory after each, KiB: {}",
        requests.len(),
        in_kib.collect::<Vec<_>>().join(" ")
    );
    let growth = memory[ROUNDS - 1].saturating_sub(memory[2]);
    assert!(growth <= SLACK, "{growth} bytes more than after the third round: {memory:?}");
    assert_eq!(server.all().await, before, "what others own is as it was");
}

fn check(request: &Hostile, answer: Result<(), Status>) {
    let Hostile { what, expected, .. } = request;
    let status = match (expected, answer) {
        (Expected::Ok, Ok(())) => return,
        (_, Ok(())) => panic!("{what}: it was let through"),
        (Expected::Ok, Err(status)) => panic!("{what}: {status:?}"),
        (_, Err(status)) => status,
    };
    assert!(status.message().len() < 600, "{what}: the message has {} bytes", status.message().len());
    assert!(status.details().len() < 2_000, "{what}: the details have {} bytes", status.details().len());
    let (code, reason, field) = match *expected {
        Expected::Ok => unreachable!("it has returned"),
        // Of requests that are no messages, tonic speaks and not the service.
        Expected::OfTonic(code) => return assert_eq!(status.code(), code, "{what}: {status:?}"),
        Expected::Reason(code, reason) => (code, reason, None),
        Expected::Field(reason, field) => (Code::InvalidArgument, reason, Some(field)),
    };
    assert_eq!(status.code(), code, "{what}: {status:?}");
    let details = rpc::Status::decode(status.details()).unwrap().details;
    assert_eq!(unpack::<rpc::ErrorInfo>(&details).expect(what).reason, reason, "{what}");
    let violation = unpack::<rpc::BadRequest>(&details).map(|bad| bad.field_violations[0].field.clone());
    assert_eq!(violation.as_deref(), field, "{what}");
}

fn unpack<M: prost::Message + prost::Name + Default>(details: &[lro::Any]) -> Option<M> {
    details.iter().find_map(|detail| payload::unpack(&M::full_name(), detail.clone()).ok())
}

/// How much memory this process has in use, in bytes; 0 where the system does not tell.
fn resident() -> usize {
    const PAGE: usize = 4_096;
    let Ok(statm) = fs::read_to_string("/proc/self/statm") else { return 0 };
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * PAGE
}
