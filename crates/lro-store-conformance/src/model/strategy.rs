//! Random sequences of calls, in which much meets: few names, few keys, few workers.

use lro_store::OnConflict;
use proptest::prelude::*;

use super::call::{Begins, Call, New, WORKERS, Write};

const NAMES: std::ops::Range<u8> = 0..6;

pub(super) fn calls() -> impl Strategy<Value = Vec<Call>> {
    let limit = || 1..4_usize;
    let worker = || 0..WORKERS;
    let names = || prop::collection::vec(NAMES, 1..4).prop_map(distinct(|name: &u8| *name));
    let writes = || prop::collection::vec(write(), 1..4).prop_map(distinct(|write: &Write| write.name));
    let create = prop::collection::vec(new(), 1..4).prop_map(distinct(|new: &New| new.name));
    let claim = (worker(), prop::array::uniform2(0..4_usize), 0..4_usize);
    let call = prop_oneof![
        6 => prop_oneof![4 => 0..8_i64, 1 => -6..0_i64, 1 => 8..50_i64].prop_map(Call::Tick),
        6 => create.prop_map(Call::Create),
        1 => names().prop_map(Call::Get),
        1 => (0..2_usize, 0..2_u8, 0..2_u8)
            .prop_map(|(method, owner, request)| Call::FindByRequest { method, owner, request }),
        1 => names().prop_map(Call::Delete),
        2 => names().prop_map(Call::RequestCancel),
        6 => (worker(), 1..12_u64).prop_map(|(worker, lease)| Call::KeepAlive { worker, lease }),
        1 => worker().prop_map(Call::Leave),
        3 => (worker(), limit()).prop_map(|(worker, limit)| Call::Reclaim { worker, limit }),
        1 => worker().prop_map(Call::Held),
        5 => claim.prop_map(|(worker, methods, limit)| Call::Claim { worker, methods, limit }),
        2 => writes().prop_map(Call::Report),
        2 => writes().prop_map(Call::Finish),
        3 => writes().prop_map(Call::Release),
        2 => limit().prop_map(Call::Expire),
        1 => limit().prop_map(Call::Purge),
    ];
    prop::collection::vec(call, 0..50)
}

fn new() -> impl Strategy<Value = New> {
    let on_conflict =
        prop_oneof![Just(OnConflict::Abort), Just(OnConflict::Queue), Just(OnConflict::Preempt)];
    let beginning = prop_oneof![
        3 => Just(Begins::Queued),
        3 => (0..WORKERS).prop_map(Begins::ClaimedBy),
        1 => Just(Begins::Delegated),
        1 => Just(Begins::Done),
    ];
    let identity = (NAMES, 0..2_usize, 0..2_u8, prop::option::weighted(0.3, 0..2_u8));
    let rules = (prop::option::of((0..2_u8, on_conflict)), 1..4_u32, -1..2_i16);
    let times =
        (prop_oneof![3 => Just(0_u64), 1 => 1..10_u64], prop::option::weighted(0.3, 1..20_u64), beginning);
    (identity, rules, times).prop_map(
        |(
            (name, method, owner, request),
            (exclusive, max_attempts, priority),
            (delay, deadline, beginning),
        )| {
            New {
                name,
                method,
                owner,
                request,
                exclusive,
                max_attempts,
                priority,
                delay,
                deadline,
                beginning,
            }
        },
    )
}

fn write() -> impl Strategy<Value = Write> {
    let stale = prop::option::weighted(0.2, (prop::option::of(0..WORKERS), 1..4_u32));
    (NAMES, stale, 0..6_u8).prop_map(|(name, stale, content)| Write { name, stale, content })
}

/// No batch has two items for one operation.
fn distinct<T>(key: impl Fn(&T) -> u8 + Clone) -> impl Fn(Vec<T>) -> Vec<T> + Clone {
    move |mut items| {
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|item| seen.insert(key(item)));
        items
    }
}
