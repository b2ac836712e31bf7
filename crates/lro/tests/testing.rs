//! A handler alone: what its test gives it, what the test sees of it, and what may happen to it meanwhile.

use std::sync::Arc;
use std::time::Duration;

use lro::store::{FailureCode, InTransaction, OperationName, StopReason};
use lro::testing::{self, Attempt};
use lro::{Context, Method, Retry, Start};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

/// The uris to import. An unknown one fails the import, `busy://` asks for another attempt.
#[derive(Clone, PartialEq, prost::Message)]
struct Import {
    #[prost(string, repeated, tag = "1")]
    uris: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Imported {
    #[prost(string, repeated, tag = "1")]
    books: Vec<String>,
}

impl prost::Name for Imported {
    const NAME: &'static str = "Imported";
    const PACKAGE: &'static str = "test";
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Done {
    #[prost(uint32, tag = "1")]
    books: u32,
}

const IMPORT: Method<Import, Imported, Done> =
    Method::new("/test.Library/Import", "test.Import", "test.Imported", "test.Done");

struct Library;

impl Library {
    async fn import(&self, request: Import, operation: Context<Done>) -> Result<Imported, Status> {
        let mut imported = operation.last_checkpoint::<Imported>()?.unwrap_or_default();
        for uri in request.uris.iter().skip(imported.books.len()) {
            let (kind, book) = uri.split_once("://").unwrap_or_default();
            match kind {
                "books" => imported.books.push(book.to_owned()),
                "busy" => return Err(operation.retry_later(Status::unavailable(book))),
                _ => return Err(Status::not_found(uri)),
            }
            operation.checkpoint(&imported).await?;
            operation.progress(done(imported.books.len())).await?;
        }
        Ok(imported)
    }
}

fn import(uris: &[&str]) -> Import {
    Import { uris: uris.iter().map(ToString::to_string).collect() }
}

fn imported(books: &[&str]) -> Imported {
    Imported { books: books.iter().map(ToString::to_string).collect() }
}

fn done(books: usize) -> Done {
    Done { books: books.try_into().unwrap() }
}

const BOTH: &[&str] = &["books://emma", "books://ivanhoe"];

#[tokio::test]
async fn all_progress_and_all_checkpoints_of_a_handler_are_seen_in_order() {
    let ended = testing::run(IMPORT, &Library, Library::import, import(BOTH)).await;
    assert_eq!(ended.result().unwrap().books, ["emma", "ivanhoe"]);
    assert_eq!(ended.progress(), [done(1), done(2)]);
    assert_eq!(ended.checkpoints::<Imported>(), [imported(&["emma"]), imported(&["emma", "ivanhoe"])]);
    assert!(!ended.will_retry());
    assert_eq!(ended.into_result().unwrap(), imported(&["emma", "ivanhoe"]));
}

#[tokio::test]
async fn a_failure_is_seen_with_what_came_before_it() {
    let ended = testing::run(IMPORT, &Library, Library::import, import(&["books://emma", "lost://"])).await;
    assert_eq!(ended.result().unwrap_err().code(), Code::NotFound);
    assert_eq!(ended.progress(), [done(1)]);
    assert!(!ended.will_retry());
}

#[tokio::test]
async fn a_handler_finds_in_its_context_what_the_test_has_put_there() {
    let start = Start::new()
        .parent("shelves/1")
        .label("trace", "7")
        .max_attempts(4)
        .deadline(Duration::from_secs(60))
        .metadata(done(0));
    let attempt = Attempt::new(IMPORT)
        .number(3)
        .owner("me")
        .last_checkpoint(&imported(&["emma"]))
        .start(start)
        .last_progress(&done(1));
    let look = async |(): &(), _, operation: Context<Done>| {
        assert!(operation.name().starts_with("shelves/1/operations/"), "{}", operation.name());
        assert_eq!((operation.attempt(), operation.max_attempts(), operation.owner()), (3, 4, "me"));
        assert_eq!(operation.labels().get("trace"), Some("7"));
        assert_eq!(operation.last_progress(), Some(done(1)));
        assert_eq!(operation.last_checkpoint::<Imported>().unwrap(), Some(imported(&["emma"])));
        assert!(operation.deadline().is_some() && !operation.is_cancelled());
        Ok(Imported::default())
    };
    attempt.run(&(), look, Import::default()).await.into_result().unwrap();
}

#[tokio::test]
async fn a_start_gives_the_first_progress_unless_there_was_other() {
    let look = |(): &(), _, operation: Context<Done>| {
        std::future::ready(match operation.last_progress() {
            Some(Done { books: 7 }) => Ok(Imported::default()),
            other => Err(Status::internal(format!("{other:?}"))),
        })
    };
    let start = || Start::new().metadata(done(7));
    for attempt in [
        Attempt::new(IMPORT).start(start()),
        Attempt::new(IMPORT).last_progress(&done(7)).start(Start::new().metadata(done(1))),
        Attempt::new(IMPORT).start(Start::new().metadata(done(1))).last_progress(&done(7)),
    ] {
        attempt.run(&(), look, Import::default()).await.into_result().unwrap();
    }
}

#[tokio::test]
async fn a_handler_goes_on_from_a_checkpoint() {
    let attempt = Attempt::new(IMPORT).number(2).last_checkpoint(&imported(&["emma"]));
    let ended = attempt.run(&Library, Library::import, import(BOTH)).await;
    assert_eq!(ended.result().unwrap().books, ["emma", "ivanhoe"]);
    assert_eq!(ended.progress(), [done(2)], "the first book is not imported again");
}

#[tokio::test]
async fn a_handler_stands_where_it_reports_so_a_stop_meets_it_there() {
    let cases = [
        (StopReason::Cancelled, Code::Cancelled),
        (StopReason::DeadlineExceeded, Code::DeadlineExceeded),
        (StopReason::Preempted(OperationName::parse("operations/newer").unwrap()), Code::Aborted),
    ];
    for (reason, code) in cases {
        let mut running = testing::begin(IMPORT, &Library, Library::import, import(BOTH));
        assert_eq!(running.next_progress().await, Some(done(1)));
        match reason {
            StopReason::Cancelled => running.cancel(),
            StopReason::Preempted(by) => running.preempt(by.as_str()),
            _ => running.expire(),
        }
        let ended = running.finish().await;
        assert_eq!(ended.result().unwrap_err().code(), code);
        assert_eq!((ended.progress(), ended.checkpoints::<Imported>().len()), (vec![done(1)], 1));
    }
}

#[tokio::test]
async fn a_stop_at_a_checkpoint_keeps_the_checkpoint() {
    let mut running = testing::begin(IMPORT, &Library, Library::import, import(BOTH));
    assert_eq!(running.next_checkpoint().await, Some(imported(&["emma"])));
    running.cancel();
    let ended = running.finish().await;
    assert_eq!(ended.result().unwrap_err().code(), Code::Cancelled);
    assert_eq!((ended.progress(), ended.checkpoints::<Imported>()), (vec![], vec![imported(&["emma"])]));
}

#[tokio::test]
async fn a_step_ends_with_the_handler() {
    let mut running = testing::begin(IMPORT, &Library, Library::import, import(&["books://emma"]));
    assert_eq!(running.next_progress().await, Some(done(1)));
    assert_eq!(running.next_progress().await, None);
    assert_eq!(running.next_checkpoint::<Imported>().await, None);
    assert!(running.finish().await.result().is_ok());
}

#[tokio::test]
async fn lost_work_learns_it_where_it_reports_and_the_next_attempt_goes_on_from_its_checkpoint() {
    let mut running = testing::begin(IMPORT, &Library, Library::import, import(BOTH));
    assert_eq!(running.next_checkpoint().await, Some(imported(&["emma"])));
    running.lose();
    let lost = running.finish().await;
    assert!(lost.result().unwrap_err().message().contains("taken the operation over"), "{lost:?}");
    assert!(!lost.will_retry() && lost.progress().is_empty());

    let next = lost.next_attempt().run(&Library, Library::import, import(BOTH)).await;
    assert_eq!(next.checkpoints::<Imported>(), [imported(&["emma", "ivanhoe"])]);
}

#[tokio::test]
async fn a_wish_to_be_tried_again_is_seen_as_long_as_there_is_an_attempt_left() {
    let run = |attempt: Attempt<_, _, _>| {
        attempt.run(&Library, Library::import, import(&["books://emma", "busy://a while"]))
    };
    let first = run(Attempt::new(IMPORT).start(Start::new().max_attempts(2))).await;
    assert_eq!(first.result().unwrap_err().code(), Code::Unavailable);
    assert!(first.will_retry());
    let second = run(first.next_attempt()).await;
    assert!(!second.will_retry(), "it was the last one");
    assert!(second.progress().is_empty(), "and it went on after the first book");
}

#[tokio::test]
async fn a_retry_policy_counts_as_a_wish_unless_the_work_was_asked_to_stop() {
    let attempt = || {
        let code = FailureCode::new(Code::NotFound.into()).unwrap();
        Attempt::new(IMPORT).start(Start::new().retry(Retry::default().on(code)))
    };
    assert!(attempt().run(&Library, Library::import, import(&["lost://"])).await.will_retry());
    let running = attempt().begin(&Library, Library::import, import(&["lost://"]));
    running.cancel();
    assert!(!running.finish().await.will_retry());
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_works_while_the_test_waits_for_something_else() {
    let wait = async |(): &(), _, operation: Context<Done>| {
        operation.progress(done(1)).await?;
        tokio::select! {
            () = sleep(Duration::from_secs(3600)) => Ok(imported(&["late"])),
            () = operation.cancelled() => Ok(imported(&["cancelled"])),
        }
    };
    let began = Instant::now();
    let mut running = testing::begin(IMPORT, &(), wait, Import::default());
    running.run_until(sleep(Duration::from_secs(60))).await;
    running.cancel();
    let ended = running.finish().await;
    assert_eq!(ended.result().unwrap().books, ["cancelled"]);
    assert_eq!((ended.progress(), began.elapsed()), (vec![done(1)], Duration::from_secs(60)));
}

#[tokio::test]
async fn reports_from_tasks_of_the_handler_are_seen_one_by_one() {
    let spawn = async |(): &(), _, operation: Context<Done>| {
        let tasks: Vec<_> = (1..=3)
            .map(|books| {
                let operation = operation.clone();
                tokio::spawn(async move { operation.progress(done(books)).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap()?;
        }
        Ok(Imported::default())
    };
    let mut running = testing::begin(IMPORT, &(), spawn, Import::default());
    for books in 1..=3 {
        assert_eq!(running.next_progress().await, Some(done(books)));
    }
    assert_eq!(running.next_progress().await, None);
}

#[tokio::test]
async fn what_is_dropped_half_way_drops_its_handler() {
    let service = Arc::new(());
    let hold = async |service: &Arc<()>, _, operation: Context<Done>| {
        let _held = Arc::clone(service);
        operation.progress(done(1)).await?;
        std::future::pending().await
    };
    let mut running = testing::begin(IMPORT, &service, hold, Import::default());
    running.next_progress().await;
    assert_eq!(Arc::strong_count(&service), 2);
    drop(running);
    assert_eq!(Arc::strong_count(&service), 1);
}

#[tokio::test]
#[should_panic(expected = "the book fell down")]
async fn a_panic_of_the_handler_is_one_of_the_test() {
    let fall =
        async |(): &(), _, _: Context<Done>| -> Result<Imported, Status> { panic!("the book fell down") };
    testing::run(IMPORT, &(), fall, Import::default()).await;
}

#[tokio::test]
#[should_panic(expected = "has begun more often than it may")]
async fn an_attempt_that_an_operation_may_not_have_is_refused() {
    let attempt = Attempt::new(IMPORT).start(Start::new().max_attempts(2)).number(3);
    attempt.run(&Library, Library::import, import(BOTH)).await;
}

#[test]
#[should_panic(
    expected = "the operation cannot be started so: the server's start hook gave a parent that cannot be"
)]
fn a_start_that_an_engine_would_refuse_is_refused() {
    let _ = Attempt::new(IMPORT).start(Start::new().parent("no parent"));
}

#[tokio::test]
async fn what_is_to_be_written_with_the_response_is_seen_and_with_an_error_there_is_nothing() {
    let writes = InTransaction::new("rows");
    for succeeds in [true, false] {
        let work = |(): &(), _, operation: Context<Done>| {
            operation.in_transaction(writes.clone());
            std::future::ready(succeeds.then(Imported::default).ok_or_else(|| Status::data_loss("it failed")))
        };
        let ended = testing::run(IMPORT, &(), work, Import::default()).await;
        assert_eq!(ended.in_transaction(), Some(&writes).filter(|_| succeeds));
    }
}
