//! The list of all promises, which is the list of all tests.

/// Hands the list to another macro. After each area: what its tests take (a `store` with its clock, a `fixture`,
/// a fixture on several threads for a `race`, or the `harness` alone), and what the store must be capable of.
#[doc(hidden)]
#[macro_export]
macro_rules! __promises {
    ($($then:tt)*) => {
        $($then)*! {
            create(store) {
                what_is_created_reads_back_as_it_is,
                a_name_is_given_once,
                the_first_reason_to_refuse_is_the_answer,
                what_no_store_can_keep_is_invalid_and_leaves_nothing,
                what_a_store_cannot_write_along_is_refused_and_leaves_nothing,
                work_that_is_claimed_at_creation_runs_if_its_worker_is_alive,
                work_that_is_done_from_the_start_is_written_once,
                a_batch_is_answered_in_order_and_item_by_item,
                the_owner_is_part_of_the_operation_and_not_of_its_name,
            }
            batch(store) {
                empty_batches_do_nothing,
                a_batch_may_be_as_large_as_the_limit,
                writes_are_answered_in_order_and_item_by_item,
            }
            content(store) {
                payloads_read_back_byte_by_byte,
                failures_read_back_as_they_are,
                the_longest_texts_are_kept,
                numbers_keep_their_extremes,
                a_checkpoint_stays_until_another_replaces_it,
                what_is_looked_for_is_compared_byte_by_byte,
                requests_differ_by_owner_method_and_id,
                the_last_metadata_comes_with_the_end,
            }
            request(store) {
                a_request_starts_one_operation,
                a_repeat_gets_the_operation_as_it_now_stands,
                what_is_refused_does_not_take_its_request_id,
                equal_requests_of_one_batch_start_one_operation,
                a_request_id_is_free_once_its_operation_is_deleted,
                a_request_id_is_kept_as_long_as_the_operation,
                a_lost_operation_is_still_the_one_of_its_request,
            }
            exclusive(store) {
                abort_is_refused_until_the_holder_is_done,
                a_queue_runs_one_at_a_time_and_the_oldest_first,
                one_that_is_claimed_at_creation_waits_for_its_key,
                a_holder_that_waits_to_be_tried_again_keeps_its_key,
                a_delayed_holder_keeps_others_waiting,
                a_delegated_operation_holds_its_key,
                keys_are_shared_by_methods_and_owners,
                operations_of_one_batch_meet_in_their_order,
                of_one_time_the_first_by_name_is_the_oldest,
                a_clock_that_steps_back_makes_no_second_holder,
            }
            preempt(store) {
                preempt_ends_what_waits_and_stops_what_runs,
                a_newcomer_runs_at_once_if_nobody_is_left,
                a_newcomer_is_told_which_have_ended,
                one_that_is_refused_stops_nobody,
                preempted_work_may_still_succeed,
            }
            expiry(store) {
                no_reader_sees_what_is_expired,
                no_writer_reaches_what_is_expired,
                a_name_is_free_once_it_is_expired,
                a_request_id_is_free_once_it_is_expired,
                a_name_and_a_request_id_of_two_expired_ones_are_free_together,
                only_what_is_done_expires,
                each_is_kept_for_its_own_time,
                nothing_is_kept_that_need_not_be,
                a_purge_takes_a_few_at_a_time,
            }
            list(store) {
                lists_select_by_parent,
                patterns_mean_their_own_characters,
                lists_are_newest_first_and_then_by_name,
                pages_meet_everything_once_whatever_happens_between,
                a_name_that_is_given_again_is_listed_once,
                a_place_is_where_it_was_though_its_operation_is_gone,
                a_page_ends_before_it_is_too_large,
                pages_of_every_size_make_the_same_list,
            }
            filter(store) {
                lists_select_by_owner,
                lists_select_by_state,
                lists_select_by_method,
                lists_select_by_error_code,
                lists_select_by_times,
                all_conditions_hold_together,
            }
            worker(store) {
                a_worker_is_alive_from_its_first_sign_of_life,
                time_alone_takes_nothing_away,
                signs_of_life_carry_what_is_asked_to_stop,
                nobody_is_told_to_stop_what_another_runs,
                a_worker_that_leaves_hands_back_all_at_once,
                one_that_has_left_stays_gone,
                one_that_was_declared_gone_may_still_end_what_nobody_took,
                a_worker_can_ask_what_it_has,
                a_lease_may_change_with_every_sign_of_life,
                workers_that_are_long_gone_are_forgotten,
            }
            reclaim(store) {
                work_of_a_lost_worker_is_taken_over_and_fenced_off,
                nobody_takes_before_its_own_lease_was_whole_for_its_time,
                nobody_takes_who_is_not_alive,
                after_an_outage_the_others_come_back_first,
                much_is_taken_back_a_few_at_a_time,
                what_is_asked_to_stop_ends_when_it_is_taken_back,
                whoever_takes_back_learns_which_have_ended,
                what_belongs_to_nobody_who_is_known_is_taken_back,
                a_clock_that_steps_forward_makes_nobody_lose_work,
                a_clock_that_steps_back_makes_nobody_lose_work,
            }
            claim(store) {
                the_oldest_is_claimed_first_and_once,
                the_highest_priority_is_claimed_first,
                what_is_claimed_is_whole,
                a_worker_gets_only_what_it_has_handlers_for,
                a_claim_has_a_limit_and_each_method_its_own,
                nothing_is_claimed_before_its_time,
                a_clock_that_steps_back_makes_what_is_due_wait_again,
                what_is_past_its_deadline_is_not_claimed,
                only_what_is_queued_is_claimed,
            }
            write(store) {
                only_the_current_claim_writes,
                work_of_a_deleted_operation_learns_it,
                a_write_tells_whether_to_stop,
                each_write_is_its_transition,
                a_write_tells_when_it_took_effect,
                a_write_that_cannot_bring_its_own_along_changes_nothing,
                an_outcome_never_changes,
                a_clock_that_steps_back_makes_nothing_older,
            }
            attempts(store) {
                work_that_is_interrupted_too_often_is_aborted,
                work_that_may_begin_once_does_not_begin_twice,
                a_claim_that_never_began_does_not_count,
                the_failure_of_the_last_retry_is_the_outcome,
                attempts_count_across_workers,
            }
            delegated(store) {
                whoever_has_the_secret_finishes_it_once,
                no_worker_has_it,
                a_cancel_ends_it_at_once,
                its_deadline_ends_it,
                handed_back_it_ends_because_no_worker_does_it,
            }
            stop(store) {
                what_is_queued_is_cancelled_without_ever_running,
                a_cancel_request_does_not_decide_the_outcome,
                cancelled_work_that_is_handed_back_is_over,
                a_deadline_ends_what_waits_and_stops_what_runs,
                a_look_at_deadlines_tells_which_have_ended,
                a_deadline_leaves_the_outcome_to_the_work,
                the_first_reason_to_stop_stays,
                a_deadline_spans_all_attempts,
                deadlines_are_looked_after_a_few_at_a_time,
            }
            handles(fixture) {
                each_sees_what_the_other_has_written,
                workers_and_keys_are_those_of_all,
                what_one_reports_the_other_reads_whole,
            }
            reopen(fixture if is_durable) {
                operations_outlive_the_store,
                workers_outlive_the_store,
            }
            room(fixture if is_bounded) {
                what_is_not_done_is_never_forgotten,
                what_finds_no_room_leaves_nothing_behind,
                want_of_room_is_the_last_reason_to_refuse,
            }
            hints(fixture if has_hints) {
                work_that_can_be_claimed_is_hinted,
                the_end_of_an_operation_is_hinted,
                a_request_to_stop_is_hinted_with_its_reason,
                a_deletion_is_hinted,
                the_next_holder_of_a_key_is_hinted,
                the_next_holder_is_hinted_also_if_it_was_delayed_before,
                a_newcomer_is_hinted_when_what_it_preempts_has_stopped,
            }
            hints_across(race if hints_reach_others) {
                hints_reach_every_store_on_the_data,
                a_hint_never_comes_before_its_change_can_be_read,
            }
            race(race) {
                each_operation_is_claimed_once,
                equal_requests_start_one_operation,
                a_name_is_given_once,
                one_outcome_is_committed,
                the_end_by_a_deadline_is_told_once,
                a_claim_and_a_cancel_agree,
                a_cancel_takes_no_right_to_write,
                a_deletion_and_an_end_agree,
            }
            race_key(race) {
                abort_lets_one_through,
                a_queue_never_runs_two,
                of_those_that_preempt_each_other_one_is_left,
            }
            race_lease(race) {
                what_ends_is_not_taken_back,
                a_sign_of_life_is_in_time_or_too_late,
                what_is_lost_is_taken_back_once,
                who_leaves_is_left_with_nothing,
                a_release_and_an_end_agree,
                pages_meet_everything_once_while_others_write,
                a_call_that_is_dropped_is_whole_or_absent,
            }
            model(harness) {
                a_store_is_the_state_machine,
            }
        }
    };
}
