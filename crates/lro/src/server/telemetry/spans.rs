//! The spans of the engine. Their fields that begin with `otel.` are those which tracing-opentelemetry reads.

use std::time::Duration;

use lro_store::{Labels, View};
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};
use tracing::Span;
use tracing::field::Empty;

use super::trace_context::TraceContext;
use super::{codes, opentelemetry};
use crate::google::longrunning::Operation;

/// The span of a start, and the trace that the operation goes on with.
#[derive(Debug)]
pub(in crate::server) struct StartSpan {
    span: Span,
    context: Option<TraceContext>,
}

impl StartSpan {
    pub(in crate::server) fn new(method: &str, metadata: &MetadataMap) -> Self {
        let destination = destination(method);
        let outer = Span::current();
        let span = tracing::info_span!(
            "start",
            otel.name = %format_args!("start {destination}"),
            otel.kind = "producer",
            otel.status_code = Empty,
            outcome = Empty,
            name = Empty,
            method,
        );
        opentelemetry::describe(&span, "start", "send", destination);
        let context = opentelemetry::begin(&outer, &span, TraceContext::of_request(metadata));
        Self { span, context }
    }

    pub(in crate::server) fn span(&self) -> &Span {
        &self.span
    }

    /// The labels of a new operation, and among them its trace.
    pub(in crate::server) fn added_to(&self, labels: &Labels) -> Labels {
        self.context.as_ref().map_or_else(|| labels.clone(), |context| context.added_to(labels))
    }

    /// Notes what the start has led to.
    pub(in crate::server) fn answered(&self, answer: &Result<Response<Operation>, Status>) {
        match answer {
            Ok(operation) => {
                let name = &*operation.get_ref().name;
                self.span.record("name", name).record("outcome", "OK");
                opentelemetry::name(&self.span, name);
            }
            Err(status) => fail(&self.span, codes::name(status.code().into())),
        }
    }
}

/// The span of an attempt. It is no child of that of the start, which would not end before the work does.
pub(super) fn attempt(view: &View, queue: Duration) -> Span {
    let destination = destination(view.method());
    let span = tracing::info_span!(
        parent: None,
        "attempt",
        otel.name = %format_args!("run {destination}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        outcome = Empty,
        name = %view.name(),
        method = %view.method(),
        // As OpenTelemetry knows no numbers without a sign.
        attempt = i64::from(view.attempts()),
        queue_time = queue.as_secs_f64(),
    );
    opentelemetry::describe(&span, "run", "process", destination);
    opentelemetry::name(&span, view.name().as_str());
    opentelemetry::go_on(&span, view.labels(), view.attempts() == 1);
    span
}

/// The span of one who waits.
pub(in crate::server) fn wait_span(name: &str) -> Span {
    tracing::info_span!("wait", otel.name = "wait", otel.kind = "internal", name)
}

/// Notes how the operation has ended.
pub(super) fn finish(span: &Span, view: &View) {
    match view.outcome().map(codes::outcome) {
        Some("OK") => drop(span.record("outcome", "OK")),
        Some(code) => fail(span, code),
        None => {}
    }
}

/// Notes what went wrong. What the caller has asked for, or has asked wrongly, is no error of the span.
pub(super) fn fail(span: &Span, what: &'static str) {
    span.record("outcome", what);
    let is_code = what.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if !is_code || codes::is_servers_fault(what) {
        span.record("otel.status_code", "ERROR");
        opentelemetry::error(span, what);
    }
}

/// A method as the conventions write it: without the slash before it.
fn destination(method: &str) -> &str {
    method.strip_prefix('/').unwrap_or(method)
}
