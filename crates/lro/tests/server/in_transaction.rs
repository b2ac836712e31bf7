//! What servers write in the transactions of the store: with the start, with a checkpoint, with the response.

use std::sync::Arc;

use lro::store::{FailureCode, InTransaction, Outcome, View};
use lro::{Caller, Context, Engine, Method, Retry, Start};
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tonic::{Code, Request, Status};

use crate::rows::{Rows, add};
use crate::scripted_service::{Imported, Job, Percent, Report};
use crate::support::reason;

const WORK: Method<Job, Report, Percent> =
    Method::new("/test.Shelf/Import", "test.Job", "test.Report", "test.Percent");

type Work = fn(Context<Percent>) -> Result<Report, Status>;

/// A server whose store has rows.
struct Shelf {
    rows: Rows,
    store: FaultyStore<Rows>,
    engine: Engine,
    _service: Arc<()>,
}

impl Shelf {
    fn new(work: Work) -> Self {
        Self::with(move |operation| std::future::ready(work(operation)))
    }

    fn with<F>(work: impl Fn(Context<Percent>) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Report, Status>> + Send + 'static,
    {
        let rows = Rows::default();
        let store = FaultyStore::new(rows.clone());
        let engine = Engine::builder(store.clone()).build();
        let service = Arc::new(());
        engine.register(WORK, &service, move |_, _, operation| work(operation));
        Self { rows, store, engine, _service: service }
    }

    async fn start(&self, start: Start<Percent>) -> Result<String, Status> {
        let job = Request::new(Job::default());
        self.engine.start(WORK, job, start).await.map(|operation| operation.into_inner().name)
    }

    /// The operation of a start once it is done.
    async fn end(&self, start: Start<Percent>) -> View {
        let name = self.start(start).await.unwrap();
        let mut watch = self.engine.watch(&Caller::server(), &name).unwrap();
        let mut last = None;
        while let Some(view) = watch.next().await {
            last = Some(view.unwrap());
        }
        last.unwrap()
    }
}

fn response(view: &View) -> bool {
    matches!(view.outcome(), Some(Outcome::Response(_)))
}

fn message(view: &View) -> (i32, &str) {
    match view.outcome() {
        Some(Outcome::Error(failure)) => (failure.code.number(), &failure.message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_start_writes_is_there_with_its_operation_or_neither_is() {
    let shelf = Shelf::new(|_| Ok(Report::default()));
    let view = shelf.end(Start::new().in_transaction(add("book"))).await;
    assert!(response(&view));
    assert_eq!(shelf.rows.all(), ["book"]);

    let refused = Start::new().in_transaction(add("book"));
    let status = shelf.start(refused).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::AlreadyExists, "book is there"),
        "the closure's own"
    );
    let broken = Start::new().in_transaction(add("broken"));
    let status = shelf.start(broken).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Internal, "TRANSACTION_REFUSED".to_owned()));
    assert!(!status.message().contains("column"), "{status:?}");
    assert_eq!(shelf.rows.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_without_transactions_refuses_a_start_that_wants_one() {
    let engine = Engine::builder(lro::testing::memory_store()).build();
    let service = Arc::new(());
    engine.register(WORK, &service, |_, _, _| std::future::ready(Ok(Report::default())));
    let start = Start::new().in_transaction(add("book"));
    let status = engine.start(WORK, Request::new(Job::default()), start).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Internal, "TRANSACTION_REFUSED".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_answer_is_lost_has_written_once() {
    let shelf = Shelf::new(|_| Ok(Report::default()));
    shelf.store.inject_next(StoreMethod::Create, 1, Fault::after(FailureMode::Unavailable));
    assert!(response(&shelf.end(Start::new().in_transaction(add("book"))).await));
    assert_eq!(shelf.rows.all(), ["book"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_work_writes_is_there_with_its_response_or_neither_is() {
    let shelf = Shelf::new(|operation| {
        operation.in_transaction(add("another"));
        operation.in_transaction(add("book"));
        Ok(Report::default())
    });
    assert!(response(&shelf.end(Start::new()).await));
    assert_eq!(shelf.rows.all(), ["book"], "the last one counts");
    assert_eq!(message(&shelf.end(Start::new()).await), (6, "book is there"), "the closure's own");

    let failing = Shelf::new(|operation| {
        operation.in_transaction(add("book"));
        Err(Status::data_loss("it failed"))
    });
    assert_eq!(message(&failing.end(Start::new()).await), (15, "it failed"));
    assert!(failing.rows.all().is_empty(), "an error writes nothing else");

    let broken = Shelf::new(|operation| {
        operation.in_transaction(add("broken"));
        Ok(Report::default())
    });
    let view = broken.end(Start::new()).await;
    assert_eq!(view.outcome().and_then(Outcome::code), Some(FailureCode::INTERNAL));
}

#[tokio::test(start_paused = true)]
async fn a_response_whose_answer_is_lost_has_written_once() {
    let shelf = Shelf::new(|operation| {
        operation.in_transaction(add("book"));
        Ok(Report::default())
    });
    shelf.store.inject_next(StoreMethod::Finish, 2, Fault::after(FailureMode::Unavailable));
    assert!(response(&shelf.end(Start::new()).await));
    assert_eq!(shelf.rows.all(), ["book"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_response_may_be_tried_again() {
    let shelf = Shelf::new(|operation| {
        let attempt = operation.attempt();
        let again = operation.clone();
        operation.in_transaction(Rows::writes(move |rows| {
            if attempt < 3 {
                return Err(again.retry_later(Status::unavailable("not yet")).into());
            }
            rows.push(format!("attempt {attempt}"));
            Ok(())
        }));
        Ok(Report::default())
    });
    let view = shelf.end(Start::new().retry(Retry::default())).await;
    assert!(response(&view));
    assert_eq!((shelf.rows.all(), view.attempts()), (vec!["attempt 3".to_owned()], 3));
    let view = shelf.end(Start::new().max_attempts(2)).await;
    assert_eq!(message(&view), (14, "not yet"), "the last attempt's error is the outcome");
}

#[tokio::test(start_paused = true)]
async fn what_comes_with_a_checkpoint_is_written_once_whatever_happens() {
    let shelf = Shelf::with(|operation| async move {
        let before = operation.last_checkpoint::<Imported>()?.unwrap_or_default().books;
        for books in before..4 {
            if books == 2 && operation.attempt() == 1 {
                return Err(operation.retry_later(Status::unavailable("later")));
            }
            let place = Imported { books: books + 1, note: String::new() };
            operation.checkpoint_in_transaction(&place, add(&format!("book {books}"))).await?;
        }
        let again =
            operation.checkpoint_in_transaction(&Imported::default(), add("book 0")).await.unwrap_err();
        assert!(again.is_refused() && !again.is_store_failure());
        assert_eq!(operation.last_checkpoint::<Imported>()?.map(|place| place.books), Some(4), "it stays");
        Err(again.into())
    });
    shelf.store.inject_next(StoreMethod::Report, 1, Fault::before(FailureMode::Unavailable));
    let view = shelf.end(Start::new()).await;
    assert_eq!(message(&view), (6, "book 0 is there"));
    assert_eq!(shelf.rows.all(), ["book 0", "book 1", "book 2", "book 3"]);
}

#[test]
fn clones_are_equal_and_nothing_else_is() {
    let writes: InTransaction = add("book");
    assert_eq!(writes, writes.clone());
    assert_ne!(writes, add("book"));
}
