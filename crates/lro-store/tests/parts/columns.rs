//! Views as rows of a table.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Columns, DelegateId, ExclusiveKey, Failure, FailureCode, Holder, Labels, OperationName, Outcome,
    Owner, Payload, PayloadColumns, RequestId, Retry, State, StopReason, Timestamp, View, ViewParts,
    WorkerId,
};

const CREATED: Timestamp = Timestamp::from_micros(1_000);
const UPDATED: Timestamp = Timestamp::from_micros(2_000);
const RESPONSE: PayloadColumns<'static> = PayloadColumns { type_url: "t", value: b"\0" };

fn name(text: &str) -> OperationName {
    OperationName::parse(text).unwrap()
}

fn view(state: State) -> View {
    let mut parts = ViewParts::new(name("shelves/1/operations/1"), "/s.S/M", CREATED, state);
    parts.owner = Owner::new("alice").unwrap();
    parts.request_id = Some(RequestId::new("r").unwrap());
    parts.metadata = Some(Payload::new("t", vec![0, 255]));
    parts.exclusive = Some(ExclusiveKey::new("shelves/1").unwrap());
    parts.labels = Labels::new().with("tenant", "acme").unwrap();
    parts.priority = -7;
    parts.max_attempts = NonZeroU32::MAX;
    parts.unbegun = 1;
    parts.retry = Some(Retry::default());
    parts.deadline = Some(UPDATED);
    parts.retention = Duration::from_micros(1);
    parts.update_time = UPDATED;
    View::from_parts(parts).unwrap()
}

fn running(holder: Holder, attempt: Attempt, stop: Option<StopReason>) -> State {
    State::Running { holder, attempt, stop }
}

fn done(outcome: Outcome) -> View {
    view(State::Done { outcome, end_time: UPDATED, last_attempt: Attempt::new(u32::MAX) })
}

fn failed() -> View {
    let details = vec![Payload::new("t", vec![0, 255]), Payload::new("", "")];
    let code = FailureCode::new(-1).unwrap();
    done(Outcome::Error(Failure { code, message: "a \0 b".to_owned(), details }))
}

fn queued() -> View {
    view(State::Queued { not_before: Some(UPDATED), last_attempt: Attempt::new(2) })
}

fn with_worker(stop: Option<StopReason>) -> View {
    view(running(Holder::Worker(WorkerId::new("w")), Attempt::LAST, stop))
}

#[test]
fn every_view_reads_back_as_it_is() {
    let mut bare = ViewParts::new(name("operations/1"), "/s.S/M", CREATED, queued_at_once());
    bare.max_attempts = NonZeroU32::MIN;
    let mut delegated = view(running(Holder::Worker(WorkerId::new("w")), Attempt::LAST, None)).into_parts();
    (delegated.state, delegated.unbegun) =
        (running(Holder::Delegate(DelegateId::new("d")), Attempt::FIRST, None), 0);
    let views = [
        View::from_parts(bare).unwrap(),
        queued(),
        with_worker(None),
        with_worker(Some(StopReason::Cancelled)),
        with_worker(Some(StopReason::DeadlineExceeded)),
        with_worker(Some(StopReason::Preempted(name("shelves/1/operations/2")))),
        View::from_parts(delegated).unwrap(),
        done(Outcome::Response(Payload::new("t", ""))),
        failed(),
        done(Outcome::Error(Failure::new(FailureCode::ABORTED, ""))),
    ];
    for view in &views {
        assert_eq!(Columns::from(view).to_view().as_ref(), Ok(view));
    }
}

fn queued_at_once() -> State {
    State::Queued { not_before: None, last_attempt: None }
}

#[test]
fn columns_are_what_a_table_has() {
    let view = with_worker(Some(StopReason::Preempted(name("operations/2"))));
    let columns = Columns::from(&view);
    assert_eq!((columns.create_time, columns.deadline, columns.retention), (1_000, Some(2_000), 1));
    assert_eq!((columns.state, columns.attempt, columns.max_attempts), (1, 4_294_967_295, 4_294_967_295));
    assert_eq!((columns.worker, columns.delegate), (Some("w"), None));
    assert_eq!(columns.stop.as_deref(), Some("preempted operations/2"));
    assert_eq!(columns.retry.as_deref(), Some("1000 300000 200 20 0"));
    assert_eq!(Columns::from(&queued()).not_before, Some(2_000));
    let failed = failed();
    let columns = Columns::from(&failed);
    assert_eq!((columns.error_code, columns.error_message), (Some(-1), Some(&b"a \0 b"[..])));
}

/// What is said of columns that are spoilt like this.
fn fault(view: &View, spoil: impl FnOnce(&mut Columns<'_>)) -> String {
    let mut columns = Columns::from(view);
    spoil(&mut columns);
    columns.to_view().unwrap_err().to_string()
}

#[test]
fn damaged_columns_are_refused_and_said_to_be() {
    let running = with_worker(None);
    let mixed = "has columns that do not go with its state";
    let faults = [
        (fault(&running, |row| row.name = "no name"), "has a wrong name: "),
        (fault(&running, |row| row.owner = "\0"), "has a wrong owner: "),
        (fault(&running, |row| row.request_id = Some("")), "has a wrong request_id: "),
        (fault(&running, |row| row.exclusive_key = Some("")), "has a wrong exclusive_key: "),
        (fault(&running, |row| row.retry = Some("1".into())), "has a wrong retry: "),
        (fault(&running, |row| row.max_attempts = 0), "may never begin"),
        (fault(&running, |row| row.max_attempts = -1), "has -1 as max_attempts, which is out of range"),
        (fault(&running, |row| row.retention = -1), "has -1 as retention"),
        (fault(&running, |row| row.unbegun = 1 << 32), "has 4294967296 as unbegun"),
        (fault(&running, |row| row.attempt = -1), "has -1 as attempt"),
        (fault(&running, |row| row.attempt = 0), "runs without an attempt"),
        (fault(&running, |row| row.state = 3), mixed),
        (fault(&queued(), |row| (row.state, row.not_before) = (3, None)), "has the state 3"),
        (fault(&running, |row| row.not_before = Some(1)), mixed),
        (fault(&running, |row| row.response = Some(RESPONSE)), mixed),
        (fault(&running, |row| row.error_code = Some(1)), mixed),
        (fault(&running, |row| row.error_message = Some(b"")), mixed),
        (fault(&running, |row| row.error_details = Some(b"".into())), mixed),
        (fault(&queued(), |row| row.worker = Some("w")), mixed),
        (fault(&queued(), |row| row.delegate = Some("d")), mixed),
        (fault(&queued(), |row| row.stop = Some("cancelled".into())), mixed),
        (fault(&running, |row| row.stop = Some("later".into())), "has a stop that is no reason"),
        (fault(&running, |row| row.stop = Some("preempted x".into())), "has a stop that is no reason"),
        (fault(&running, |row| row.worker = None), "runs and nobody has it"),
        (fault(&running, |row| row.delegate = Some("d")), "is with a worker and with others"),
        (fault(&failed(), |row| row.error_code = Some(0)), "has an error that is none"),
        (fault(&failed(), |row| row.error_message = None), "has an error without message"),
        (fault(&failed(), |row| row.error_message = Some(b"\xff")), "has a wrong error_message"),
        (fault(&failed(), |row| row.error_details = Some(b"x".into())), "has a wrong error_details"),
        (fault(&failed(), |row| row.response = Some(RESPONSE)), "has a response and an error"),
        (fault(&failed(), |row| row.error_code = None), mixed),
        (
            fault(&done(Outcome::Response(Payload::new("t", ""))), |row| row.response = None),
            "is done without a result",
        ),
        (fault(&running, |row| row.update_time = 1), "was updated before it was created"),
    ];
    for (number, (message, expected)) in faults.into_iter().enumerate() {
        let named = message.strip_prefix("the stored operation shelves/1/operations/1 ");
        let fault = named.or(message.strip_prefix("the stored operation no name ")).unwrap_or_default();
        assert!(fault.starts_with(expected), "{number}: {message}");
    }
}
