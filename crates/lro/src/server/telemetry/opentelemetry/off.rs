//! Traces without the feature `opentelemetry`: they are kept with operations, and go on where a handler goes on with
//! them.

use lro_store::Labels;
use tracing::Span;

use super::trace_context::TraceContext;

pub(super) fn begin(_outer: &Span, _span: &Span, incoming: Option<TraceContext>) -> Option<TraceContext> {
    incoming
}

/// The first attempt follows from the start, where that is in the same process and at the same time.
pub(super) fn go_on(span: &Span, _labels: &Labels, is_first: bool) {
    if is_first {
        span.follows_from(Span::current());
    }
}

pub(super) fn describe(_span: &Span, _name: &'static str, _kind: &'static str, _destination: &str) {}

pub(super) fn name(_span: &Span, _name: &str) {}

pub(super) fn error(_span: &Span, _what: &'static str) {}
