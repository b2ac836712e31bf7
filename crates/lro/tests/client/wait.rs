//! `Operation::wait`: which calls the client makes, when, and until when.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tonic::{Code, Status};

use crate::scripted_service::{
    METHOD, NAME, ScriptedService, after, at_once, polling, response, running, succeeded, unreachable, unused,
};

#[tokio::test(start_paused = true)]
async fn the_server_holds_the_answer_until_the_end() {
    let service = ScriptedService::new([after(45, Ok(running(1))), after(20, Ok(succeeded(1)))]);
    assert_eq!(service.started().wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "45s wait 45s"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_with_a_shorter_limit_is_asked_again_without_a_pause() {
    let service = ScriptedService::new([
        after(20, Ok(running(1))),
        after(20, Ok(running(1))),
        after(1, Ok(succeeded(1))),
    ]);
    assert_eq!(service.started().wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "20s wait 45s", "40s wait 45s"]);
}

#[tokio::test(start_paused = true)]
async fn the_last_call_is_as_long_as_the_time_that_is_left() {
    let service = ScriptedService::new([after(45, Ok(running(1))), after(15, Ok(succeeded(1)))]);
    let operation = service.started().with_timeout(Duration::from_secs(65));
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "45s wait 20s"]);
}

#[tokio::test(start_paused = true)]
async fn without_wait_operation_it_polls_with_growing_pauses() {
    let service = ScriptedService::new([
        at_once(Err(Status::unimplemented("no WaitOperation here"))),
        at_once(Ok(running(1))),
        at_once(Ok(running(1))),
        at_once(Ok(running(1))),
        at_once(Ok(succeeded(1))),
    ]);
    assert_eq!(service.started().with_polling(polling()).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 4s", "0.4s get", "1.4s get", "3.4s get", "7.4s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_serve_its_operations_is_named_as_the_cause() {
    let service = ScriptedService::new(vec![at_once(Err(Status::unimplemented("unknown service"))); 2]);
    let error = service.started().with_polling(polling()).wait().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "GetOperation failed for operation `{NAME}`: Unimplemented: unknown service; \
             does the server serve google.longrunning.Operations? (the last of 2 calls in 0.4 s)"
        )
    );
    let service = ScriptedService::new([at_once(Err(Status::not_found("gone")))]);
    let error = service.client().operation(METHOD, NAME).poll().await.unwrap_err();
    assert!(error.to_string().ends_with(": NotFound: gone"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_resumed_handle_polls_at_once_for_it_knows_nothing() {
    let service = ScriptedService::new([at_once(Err(Status::unimplemented(""))), at_once(Ok(succeeded(1)))]);
    assert_eq!(service.client().operation(METHOD, NAME).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "0s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_waits_is_asked_by_the_policy_and_soon_with_short_calls() {
    let mut script = vec![at_once(Ok(running(1))); 4];
    script.push(at_once(Ok(succeeded(1))));
    let service = ScriptedService::new(script);
    assert_eq!(service.started().with_polling(polling()).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 4s", "0.4s wait 4s", "1.4s wait 4s", "3.4s get", "7.4s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drains_does_not_make_the_next_one_be_polled() {
    let early = at_once(Ok(running(1)));
    let cut = at_once(Err(Status::deadline_exceeded("draining")));
    let held = after(4, Ok(running(1)));
    let service =
        ScriptedService::new([early.clone(), cut.clone(), held, cut, early, after(1, Ok(succeeded(1)))]);
    assert_eq!(service.started().with_polling(polling()).wait().await.unwrap(), response());
    assert_eq!(
        service.log(),
        ["0s wait 4s", "0.4s wait 4s", "0.9s wait 4s", "4.9s wait 4s", "5.4s wait 4s", "6.4s wait 4s"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_that_an_early_answer_took_counts_as_a_pause() {
    let early = (Duration::from_millis(700), Ok(running(1)));
    let service = ScriptedService::new([early.clone(), early.clone(), after(1, Ok(succeeded(1)))]);
    assert_eq!(service.started().with_polling(polling()).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 4s", "0.7s wait 4s", "1.7s wait 4s"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cuts_calls_off_is_asked_to_hold_them_for_less() {
    for cut in [Status::cancelled("Timeout expired"), Status::deadline_exceeded("30 s are enough")] {
        let cut = after(30, Err(cut));
        let service =
            ScriptedService::new([cut.clone(), cut, after(27, Ok(running(1))), at_once(Ok(succeeded(1)))]);
        let client = service.client();
        assert_eq!(client.attach(METHOD, running(0)).wait().await.unwrap(), response());
        assert_eq!(service.log(), ["0s wait 45s", "30s wait 45s", "60s wait 27s", "87s wait 27s"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_swallows_calls_is_soon_asked_with_short_ones() {
    let lost = after(3600, Ok(running(1)));
    let service = ScriptedService::new([lost.clone(), lost.clone(), lost, at_once(Ok(succeeded(1)))]);
    assert_eq!(service.started().wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "55s wait 45s", "110s wait 45s", "165s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_asked_again() {
    let service = ScriptedService::new([
        at_once(Err(Status::unavailable("draining"))),
        at_once(Err(Status::unavailable("starting"))),
        after(2, Ok(succeeded(1))),
    ]);
    assert_eq!(service.started().with_polling(polling()).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 4s", "0.5s wait 4s", "1.5s get"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_both_methods_is_final() {
    for code in [Code::PermissionDenied, Code::InvalidArgument, Code::FailedPrecondition, Code::DataLoss] {
        let service = ScriptedService::new(vec![at_once(Err(Status::new(code, "no"))); 2]);
        let error = service.started().wait().await.unwrap_err();
        assert!(error.is_rpc());
        assert_eq!(error.status().unwrap().code(), code);
        let message = format!(
            "GetOperation failed for operation `{NAME}`: {code:?}: no (the last of 2 calls in 0.0 s)"
        );
        assert_eq!(error.to_string(), message);
        assert_eq!(service.log(), ["0s wait 45s", "0s get"]);
    }
}

#[tokio::test(start_paused = true)]
async fn neither_method_being_there_is_final() {
    let service = ScriptedService::new([
        at_once(Err(Status::unimplemented(""))),
        at_once(Err(Status::unimplemented(""))),
    ]);
    let error = service.started().wait().await.unwrap_err();
    assert!(error.is_rpc());
    assert_eq!(error.status().unwrap().code(), Code::Unimplemented);
    assert_eq!(service.log(), ["0s wait 45s", "0.4s get"]);
}

#[tokio::test(start_paused = true)]
async fn giving_up_returns_the_handle() {
    let service = ScriptedService::new([
        after(45, Ok(running(1))),
        after(15, Ok(running(1))),
        after(1, Ok(succeeded(1))),
    ]);
    let started = Instant::now();
    let error = service.started().with_timeout(Duration::from_secs(60)).wait().await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::from_secs(60));
    assert!(error.is_timed_out());
    assert!(error.status().is_none());
    assert_eq!(
        error.to_string(),
        format!("gave up waiting for operation `{NAME}` after 60s; it may still be running")
    );

    let operation = error.into_operation().typed(METHOD);
    assert_eq!(operation.wait().await.unwrap(), response());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_be_reached_is_given_up_in_time_and_the_reason_is_told() {
    let client = lro::Client::new(unreachable()).jitter(|| 0.0);
    let started = Instant::now();
    let error = client.operation(METHOD, NAME).wait().await.unwrap_err();
    // For so long a client asks that has never had an answer.
    assert_eq!(started.elapsed(), Duration::from_secs(10));
    assert!(error.is_unreachable());
    assert!(error.to_string().ends_with(": Unknown: no route (the last of 6 calls in 10.0 s)"), "{error}");
    let patient = lro::RetryPolicy::new().with_unreachable_timeout(Duration::MAX);
    let operation = client.operation(METHOD, NAME).with_retry(patient).with_timeout(Duration::from_secs(300));
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.elapsed(), Duration::from_secs(300));
    assert!(error.is_timed_out());
    assert!(error.to_string().ends_with("(last trouble: Unknown: no route)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn without_time_there_is_no_call() {
    let operation = lro::Client::new(unused()).operation(METHOD, NAME).with_timeout(Duration::ZERO);
    assert!(operation.wait().await.unwrap_err().is_timed_out());
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_pauses_does_not_spin() {
    let none = polling().with_initial_delay(Duration::ZERO).with_max_delay(Duration::ZERO);
    let service =
        ScriptedService::new([at_once(Ok(running(1))), at_once(Ok(running(1))), at_once(Ok(succeeded(1)))]);
    assert_eq!(service.started().with_polling(none).wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 1ms", "0.001s wait 1ms", "0.002s wait 1ms"]);
}

#[tokio::test(start_paused = true)]
async fn never_giving_up_is_possible() {
    let day = 24 * 60 * 60;
    let service =
        ScriptedService::new([after(day, Err(Status::unavailable(""))), after(1, Ok(succeeded(1)))]);
    let forever = lro::Polling::new().with_max_delay(Duration::MAX).with_total_timeout(Duration::MAX);
    let operation = service.started().with_polling(forever);
    // No call takes longer than an hour plus the time for the answer, whatever the policy says.
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 3600s", "3610s wait 3600s"]);
}

#[tokio::test(start_paused = true)]
async fn pauses_that_no_clock_can_say_are_no_panic() {
    let unlimited = lro::Polling::new()
        .without_wait()
        .with_initial_delay(Duration::MAX)
        .with_max_delay(Duration::MAX)
        .with_multiplier(f64::INFINITY);
    let service = ScriptedService::new(vec![at_once(Ok(running(1))); 99]);
    let operation = service.started().with_polling(unlimited.with_total_timeout(Duration::from_secs(3600)));
    assert!(operation.wait().await.unwrap_err().is_timed_out());
    let operation = service.started().with_polling(unlimited);
    timeout(Duration::from_secs(3600), operation.wait()).await.unwrap_err();
    timeout(Duration::from_secs(3600), operation.updates().with_interval(Duration::MAX).next())
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_loses_nothing() {
    let service = ScriptedService::new([after(45, Ok(running(1))), after(5, Ok(succeeded(1)))]);
    let operation = service.started();
    timeout(Duration::from_secs(3), operation.wait()).await.unwrap_err();
    assert_eq!(operation.name(), NAME);
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 45s", "3s wait 45s"]);
}

#[tokio::test(start_paused = true)]
async fn the_end_is_asked_for_only_once() {
    let service = ScriptedService::new([after(5, Ok(succeeded(1)))]);
    let operation = service.started();
    let clone = operation.clone();
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(clone.wait().await.unwrap(), response());
    assert!(clone.poll().await.unwrap().is_done());
    assert_eq!(service.log(), ["0s wait 45s"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_done_at_the_start_needs_no_call() {
    let client = lro::Client::new(unused());
    let operation = client.attach(METHOD, succeeded(1));
    assert_eq!(operation.wait().await.unwrap(), response());

    // The answer to a request with `validate_only`: done, and without a name.
    let mut checked = succeeded(1);
    checked.name.clear();
    let operation = client.attach(METHOD, checked);
    assert_eq!(operation.name(), "");
    assert_eq!(operation.wait().await.unwrap(), response());
    operation.cancel().await.unwrap();
    operation.delete().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn jitter_shortens_pauses_and_never_lengthens_them() {
    let service = ScriptedService::new([
        at_once(Err(Status::unimplemented(""))),
        at_once(Ok(running(1))),
        at_once(Ok(succeeded(1))),
    ]);
    let operation = service.client().jitter(|| 1.0).polling(polling()).attach(METHOD, running(0));
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log(), ["0s wait 4s", "0.28s get", "0.98s get"]);
}

#[tokio::test]
async fn waiting_can_be_spawned() {
    let operation = lro::Client::new(unused()).attach(METHOD, succeeded(1));
    let waiting = tokio::spawn(async move { operation.wait().await.map_err(Status::from) });
    assert_eq!(waiting.await.unwrap().unwrap(), response());
}
