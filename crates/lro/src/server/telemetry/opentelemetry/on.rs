//! Traces with the feature `opentelemetry`: the spans of the engine take part in them.

use lro_store::Labels;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::trace_context::TraceContext;

/// Puts the span of a start into its trace: that of the span around it, or else that which the request has brought. The
/// trace to keep with the operation, in which the start is the span that others follow.
pub(super) fn begin(outer: &Span, span: &Span, incoming: Option<TraceContext>) -> Option<TraceContext> {
    let around = span_context(outer);
    if !around.is_valid()
        && let Some(incoming) = incoming.as_ref().and_then(parse)
    {
        set_parent(span, incoming);
    }
    let own = span_context(span);
    // Without a layer of OpenTelemetry, or where it does not want these spans, there is no own one.
    [own, around].iter().find(|context| context.is_valid()).map_or(incoming, write)
}

/// Puts the span of an attempt into the trace of its operation: the first one as a child of the start. What comes later
/// would make a trace long that people look at as one request, so it has a trace of its own, with a link.
pub(super) fn go_on(span: &Span, labels: &Labels, is_first: bool) {
    match TraceContext::of_labels(labels).as_ref().and_then(parse) {
        Some(start) if is_first => set_parent(span, start),
        Some(start) => span.add_link(start),
        None if is_first => drop(span.follows_from(Span::current())),
        None => {}
    }
}

/// Sets the attributes that the conventions for messaging ask for.
pub(super) fn describe(span: &Span, name: &'static str, kind: &'static str, destination: &str) {
    if span.is_disabled() {
        return;
    }
    span.set_attribute("messaging.system", "lro");
    span.set_attribute("messaging.operation.name", name);
    span.set_attribute("messaging.operation.type", kind);
    span.set_attribute("messaging.destination.name", destination.to_owned());
}

/// Sets the name of the operation.
pub(super) fn name(span: &Span, name: &str) {
    if !span.is_disabled() {
        span.set_attribute("messaging.message.id", name.to_owned());
    }
}

/// Sets what went wrong.
pub(super) fn error(span: &Span, what: &'static str) {
    span.set_attribute("error.type", what);
}

fn set_parent(span: &Span, parent: SpanContext) {
    // It fails where no layer of OpenTelemetry wants the span, and then there is nothing to put into a trace.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}

fn span_context(span: &Span) -> SpanContext {
    span.context().span().span_context().clone()
}

fn parse(context: &TraceContext) -> Option<SpanContext> {
    let (trace, span, flags) = context.parts();
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let state: TraceState = context.state().parse().unwrap_or_default();
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    Some(SpanContext::new(trace, span, flags, true, state))
}

fn write(context: &SpanContext) -> Option<TraceContext> {
    let parent =
        format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags().to_u8());
    TraceContext::new(&parent, &context.trace_state().header())
}
