//! The suite, passed by the memory store.

#![expect(
    unreachable_pub,
    reason = "the suite is written as the public module of a crate that every store can use"
)]

mod suite;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lro_store::{Clock, ManualClock, MemoryStore, Store, SystemClock, Timestamp};

fn fresh() -> (MemoryStore, ManualClock) {
    let clock = ManualClock::default();
    (MemoryStore::with_clock(clock.clone()), clock)
}

/// A clock that fails while it is told to.
#[derive(Debug, Clone, Default)]
struct BrokenClock(Arc<AtomicBool>);

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::SeqCst), "the clock stands still");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_clock_that_panics_spoils_only_its_own_call() {
    let clock = BrokenClock::default();
    let store = MemoryStore::with_clock(clock.clone());
    clock.0.store(true, Ordering::SeqCst);
    let call = tokio::spawn({
        let store = store.clone();
        async move { store.purge(1).await }
    });
    assert!(call.await.unwrap_err().is_panic());
    clock.0.store(false, Ordering::SeqCst);
    assert_eq!(store.purge(1).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_created_reads_back_as_it_is() {
    let (store, clock) = fresh();
    suite::create::what_is_created_reads_back_as_it_is(&store, &clock).await;
}

#[tokio::test]
async fn content_reads_back_byte_by_byte() {
    let (store, clock) = fresh();
    suite::create::content_reads_back_byte_by_byte(&store, &clock).await;
}

#[tokio::test]
async fn one_write_creates_and_leases() {
    let (store, clock) = fresh();
    suite::create::one_write_creates_and_leases(&store, &clock).await;
}

#[tokio::test]
async fn a_name_is_given_once() {
    let (store, clock) = fresh();
    suite::create::a_name_is_given_once(&store, &clock).await;
}

#[tokio::test]
async fn an_exclusive_key_is_held_until_done() {
    let (store, clock) = fresh();
    suite::create::an_exclusive_key_is_held_until_done(&store, &clock).await;
}

#[tokio::test]
async fn a_deleted_operation_is_forgotten_while_its_work_goes_on() {
    let (store, clock) = fresh();
    suite::create::a_deleted_operation_is_forgotten_while_its_work_goes_on(&store, &clock).await;
}

#[tokio::test]
async fn empty_batches_do_nothing() {
    let (store, clock) = fresh();
    suite::create::empty_batches_do_nothing(&store, &clock).await;
}

#[tokio::test]
async fn a_request_starts_one_operation() {
    let (store, clock) = fresh();
    suite::request::a_request_starts_one_operation(&store, &clock).await;
}

#[tokio::test]
async fn a_repeat_gets_the_operation_as_it_now_stands() {
    let (store, clock) = fresh();
    suite::request::a_repeat_gets_the_operation_as_it_now_stands(&store, &clock).await;
}

#[tokio::test]
async fn a_repeat_is_known_before_anything_else_is_refused() {
    let (store, clock) = fresh();
    suite::request::a_repeat_is_known_before_anything_else_is_refused(&store, &clock).await;
}

#[tokio::test]
async fn requests_differ_by_caller_method_and_id() {
    let (store, clock) = fresh();
    suite::request::requests_differ_by_caller_method_and_id(&store, &clock).await;
}

#[tokio::test]
async fn what_is_refused_does_not_take_its_request_key() {
    let (store, clock) = fresh();
    suite::request::what_is_refused_does_not_take_its_request_key(&store, &clock).await;
}

#[tokio::test]
async fn equal_requests_of_one_batch_start_one_operation() {
    let (store, clock) = fresh();
    suite::request::equal_requests_of_one_batch_start_one_operation(&store, &clock).await;
}

#[tokio::test]
async fn equal_requests_at_the_same_time_start_one_operation() {
    let (store, clock) = fresh();
    suite::request::equal_requests_at_the_same_time_start_one_operation(&store, &clock).await;
}

#[tokio::test]
async fn a_request_key_is_free_once_its_operation_is_deleted_or_purged() {
    let (store, clock) = fresh();
    suite::request::a_request_key_is_free_once_its_operation_is_deleted_or_purged(&store, &clock).await;
}

#[tokio::test]
async fn lists_select_by_parent() {
    let (store, clock) = fresh();
    suite::list::lists_select_by_parent(&store, &clock).await;
}

#[tokio::test]
async fn lists_are_newest_first_and_then_by_name() {
    let (store, clock) = fresh();
    suite::list::lists_are_newest_first_and_then_by_name(&store, &clock).await;
}

#[tokio::test]
async fn pages_meet_everything_once_whatever_happens_between() {
    let (store, clock) = fresh();
    suite::list::pages_meet_everything_once_whatever_happens_between(&store, &clock).await;
}

#[tokio::test]
async fn the_oldest_is_claimed_first_and_once() {
    let (store, clock) = fresh();
    suite::lease::the_oldest_is_claimed_first_and_once(&store, &clock).await;
}

#[tokio::test]
async fn workers_that_claim_at_the_same_time_share_the_work() {
    let (store, clock) = fresh();
    suite::lease::workers_that_claim_at_the_same_time_share_the_work(&store, &clock).await;
}

#[tokio::test]
async fn a_worker_gets_only_what_it_has_handlers_for() {
    let (store, clock) = fresh();
    suite::lease::a_worker_gets_only_what_it_has_handlers_for(&store, &clock).await;
}

#[tokio::test]
async fn work_of_a_lost_worker_is_taken_over_and_fenced_off() {
    let (store, clock) = fresh();
    suite::lease::work_of_a_lost_worker_is_taken_over_and_fenced_off(&store, &clock).await;
}

#[tokio::test]
async fn leases_that_are_over_are_taken_a_few_at_a_time() {
    let (store, clock) = fresh();
    suite::lease::leases_that_are_over_are_taken_a_few_at_a_time(&store, &clock).await;
}

#[tokio::test]
async fn heartbeats_keep_a_lease_and_carry_cancel_requests() {
    let (store, clock) = fresh();
    suite::lease::heartbeats_keep_a_lease_and_carry_cancel_requests(&store, &clock).await;
}

#[tokio::test]
async fn progress_is_readable_and_passed_on() {
    let (store, clock) = fresh();
    suite::lease::progress_is_readable_and_passed_on(&store, &clock).await;
}

#[tokio::test]
async fn released_work_is_claimable_at_once() {
    let (store, clock) = fresh();
    suite::lease::released_work_is_claimable_at_once(&store, &clock).await;
}

#[tokio::test]
async fn work_that_must_not_begin_twice_is_aborted() {
    let (store, clock) = fresh();
    suite::lease::work_that_must_not_begin_twice_is_aborted(&store, &clock).await;
}

#[tokio::test]
async fn batches_answer_in_order_and_item_by_item() {
    let (store, clock) = fresh();
    suite::lease::batches_answer_in_order_and_item_by_item(&store, &clock).await;
}

#[tokio::test]
async fn queued_work_is_cancelled_without_ever_running() {
    let (store, clock) = fresh();
    suite::life::queued_work_is_cancelled_without_ever_running(&store, &clock).await;
}

#[tokio::test]
async fn a_cancel_request_does_not_decide_the_outcome() {
    let (store, clock) = fresh();
    suite::life::a_cancel_request_does_not_decide_the_outcome(&store, &clock).await;
}

#[tokio::test]
async fn only_done_operations_expire() {
    let (store, clock) = fresh();
    suite::life::only_done_operations_expire(&store, &clock).await;
}

#[tokio::test]
async fn changes_are_hinted_once_they_can_be_read() {
    let (store, clock) = fresh();
    suite::life::changes_are_hinted_once_they_can_be_read(&store, &clock).await;
}
