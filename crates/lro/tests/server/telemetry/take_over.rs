//! A trace goes on when another process has the work.

use lro::Start;
use opentelemetry::SpanId;

use super::traces::{RUN, SPAN, START, Spans, attribute, start, trace, traced};
use crate::support::{Server, memory_store};

#[tokio::test(start_paused = true)]
async fn the_first_attempt_in_another_process_is_in_the_trace_of_the_request() {
    let spans = Spans::collect();
    let store = memory_store();
    let serves = Server::with(store.clone(), |builder| builder.concurrency(0));
    let name = start(&serves, traced("")).await;
    let works = Server::with(store, |builder| builder);
    works.end(&name).await;
    let (started, run) = (spans.only(START), spans.only(RUN));
    assert_eq!(started.parent_span_id, SpanId::from_hex(SPAN).unwrap());
    assert_eq!((run.span_context.trace_id(), run.parent_span_id), (trace(), started.span_context.span_id()));
    assert!(run.parent_span_is_remote);
    assert!(matches!(attribute(&run, "queue_time"), Some(opentelemetry::Value::F64(_))));
}

#[tokio::test(start_paused = true)]
async fn work_that_is_taken_over_has_a_trace_of_its_own_with_a_link() {
    let spans = Spans::collect();
    let store = memory_store();
    let mut dies = Server::with(store.clone(), |builder| builder);
    let name = dies.send(traced("wait"), || Ok(Start::new())).await.unwrap().name;
    dies.expect_began(&name, 1, None).await;
    dies.store.cut();
    let mut other = Server::with(store, |builder| builder);
    other.expect_began(&name, 2, None).await;
    other.service.gate.add_permits(1);
    other.end(&name).await;
    let (started, run) = (spans.only(START), spans.of(RUN).pop().unwrap());
    assert_eq!(attribute(&run, "attempt"), Some(opentelemetry::Value::I64(2)));
    assert_ne!(run.span_context.trace_id(), trace());
    assert_eq!(run.parent_span_id, SpanId::INVALID);
    let linked: Vec<_> = run.links.iter().map(|link| link.span_context.clone()).collect();
    assert_eq!(linked.len(), 1);
    assert_eq!(linked[0].trace_id(), trace());
    assert_eq!(linked[0].span_id(), started.span_context.span_id());
}
