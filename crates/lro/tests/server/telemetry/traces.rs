//! The spans of an engine, and the trace that a request brings.

use std::time::Duration;

use lro::Start;
use opentelemetry::trace::{SpanKind, Status as SpanStatus, TracerProvider};
use opentelemetry::{SpanId, TraceId, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tonic::{Request, Status};
use tracing::Instrument;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::scripted_service::{Event, Job};
use crate::support::{Server, memory_store};

pub(super) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
pub(super) const SPAN: &str = "b7ad6b7169203331";

/// Collects the spans that OpenTelemetry's SDK is told of on the thread of a test, until it is dropped.
pub(super) struct Spans {
    exporter: InMemorySpanExporter,
    provider: SdkTracerProvider,
    _default: DefaultGuard,
}

impl Spans {
    pub(super) fn collect() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let subscriber = Registry::default().with(layer);
        Self { exporter, provider, _default: tracing::subscriber::set_default(subscriber) }
    }

    /// Those of this name that have ended, in the order of their ends.
    pub(super) fn of(&self, name: &str) -> Vec<SpanData> {
        self.provider.force_flush().unwrap();
        let spans = self.exporter.get_finished_spans().unwrap();
        spans.into_iter().filter(|span| span.name == name).collect()
    }

    pub(super) fn only(&self, name: &str) -> SpanData {
        let mut spans = self.of(name);
        assert_eq!(spans.len(), 1, "{name}: {:#?}", self.exporter.get_finished_spans());
        spans.remove(0)
    }
}

pub(super) const START: &str = "start test.ScriptedService/Work";
pub(super) const RUN: &str = "run test.ScriptedService/Work";

pub(super) fn attribute(span: &SpanData, key: &str) -> Option<Value> {
    span.attributes.iter().find(|attribute| attribute.key.as_str() == key).map(|found| found.value.clone())
}

/// The request of a client that is in a trace.
pub(super) fn traced(script: &str) -> Request<Job> {
    let mut request = Request::new(Job::new(script));
    request.metadata_mut().insert("traceparent", format!("00-{TRACE}-{SPAN}-01").parse().unwrap());
    request.metadata_mut().insert("tracestate", "vendor=1".parse().unwrap());
    request
}

pub(super) async fn start(server: &Server, request: Request<Job>) -> String {
    server.send(request, || Ok(Start::new())).await.unwrap().name
}

pub(super) fn trace() -> TraceId {
    TraceId::from_hex(TRACE).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_is_a_child_of_the_start_and_that_of_the_client() {
    let spans = Spans::collect();
    let server = Server::new();
    let name = start(&server, traced("sleep 1000, open a span")).await;
    let started = spans.only(START);
    server.end(&name).await;
    assert_eq!(started.span_context.trace_id(), trace());
    assert_eq!(
        (started.parent_span_id, started.parent_span_is_remote),
        (SpanId::from_hex(SPAN).unwrap(), true)
    );
    assert_eq!(
        (started.span_kind.clone(), started.span_context.trace_state().header()),
        (SpanKind::Producer, "vendor=1".into())
    );
    let run = spans.only(RUN);
    assert_eq!((run.span_context.trace_id(), run.parent_span_id), (trace(), started.span_context.span_id()));
    assert_eq!(run.span_kind, SpanKind::Consumer);
    assert!(run.end_time > started.end_time, "the start has not waited for the work");
    let inside = spans.only("inside");
    assert_eq!(inside.parent_span_id, run.span_context.span_id());
    for (key, value) in [
        ("messaging.system", "lro"),
        ("messaging.operation.name", "run"),
        ("messaging.operation.type", "process"),
        ("messaging.destination.name", "test.ScriptedService/Work"),
        ("messaging.message.id", &name),
        ("outcome", "OK"),
    ] {
        assert_eq!(attribute(&run, key), Some(Value::from(value.to_owned())), "{key}");
    }
    assert_eq!(attribute(&run, "attempt"), Some(Value::I64(1)));
    assert_eq!(attribute(&run, "queue_time"), Some(Value::F64(0.0)));
    assert_eq!(attribute(&started, "messaging.operation.type"), Some(Value::from("send")));
}

#[tokio::test(start_paused = true)]
async fn a_span_around_the_start_comes_before_what_the_request_says() {
    let spans = Spans::collect();
    let server = Server::new();
    let rpc = tracing::info_span!("rpc");
    let name = start(&server, traced("")).instrument(rpc.clone()).await;
    drop(rpc);
    server.end(&name).await;
    let (rpc, started, run) = (spans.only("rpc"), spans.only(START), spans.only(RUN));
    assert_ne!(rpc.span_context.trace_id(), trace());
    assert_eq!(started.parent_span_id, rpc.span_context.span_id());
    assert_eq!(run.parent_span_id, started.span_context.span_id());
}

#[tokio::test(start_paused = true)]
async fn later_attempts_are_roots_with_a_link() {
    let spans = Spans::collect();
    let server = Server::new();
    let name = start(&server, traced("ask for more 2")).await;
    server.end(&name).await;
    let (started, runs) = (spans.only(START), spans.of(RUN));
    assert_eq!(runs.len(), 3);
    assert_eq!(runs[0].span_context.trace_id(), trace());
    assert_eq!(runs[0].status, SpanStatus::error(""));
    assert_eq!(attribute(&runs[0], "error.type"), Some(Value::from("retry")));
    for run in &runs[1..] {
        assert_ne!(run.span_context.trace_id(), trace());
        assert_eq!(run.parent_span_id, SpanId::INVALID);
        assert_eq!(run.links.len(), 1);
        assert_eq!(run.links.links[0].span_context.span_id(), started.span_context.span_id());
    }
    assert_eq!(runs[2].status, SpanStatus::Unset);
}

#[tokio::test(start_paused = true)]
async fn only_what_the_server_is_to_blame_for_is_an_error_of_a_span() {
    let spans = Spans::collect();
    let server = Server::new();
    for script in ["fail", "panic"] {
        server.end(&server.start(script).await).await;
    }
    let refused = server.send(traced(""), || Ok(Start::new().parent("no parent!"))).await;
    assert!(refused.is_err());
    let runs = spans.of(RUN);
    let shown: Vec<_> = runs.iter().map(|run| (attribute(run, "outcome").unwrap(), &run.status)).collect();
    assert_eq!(
        shown,
        [
            (Value::from("FAILED_PRECONDITION"), &SpanStatus::Unset),
            (Value::from("INTERNAL"), &SpanStatus::error("")),
        ]
    );
    let start = spans.of(START).pop().unwrap();
    assert_eq!(attribute(&start, "outcome"), Some(Value::from("INVALID_ARGUMENT")));
    assert_eq!(start.status, SpanStatus::Unset);
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_has_a_span() {
    let spans = Spans::collect();
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.wait(&name, Some(Duration::from_secs(2))).await.unwrap();
    let wait = spans.only("wait");
    assert_eq!(
        (wait.span_kind.clone(), attribute(&wait, "name")),
        (SpanKind::Internal, Some(Value::from(name)))
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_layer_the_labels_have_what_the_request_says() {
    let mut server = Server::with(memory_store(), |builder| builder);
    start(&server, traced("say labels")).await;
    let name = match server.event().await {
        Event::Began { name, .. } => name,
        other => panic!("{other:?}"),
    };
    let labels = format!("[(\"traceparent\", \"00-{TRACE}-{SPAN}-01\"), (\"tracestate\", \"vendor=1\")]");
    assert_eq!(server.event().await, Event::Said(labels));
    server.end(&name).await;
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_malformed_refuses_no_request() -> Result<(), Status> {
    let server = Server::new();
    let mut request = traced("");
    request.metadata_mut().insert("traceparent", "no trace".parse().unwrap());
    let operation = server.send(request, || Ok(Start::new())).await?;
    assert!(server.stored(&operation.name).await.labels().is_empty());
    Ok(())
}
