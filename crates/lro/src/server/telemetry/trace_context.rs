//! The trace that a request is part of, in the form of W3C Trace Context, kept in the labels of its operation.

use lro_store::Labels;
use tonic::metadata::MetadataMap;

/// The keys of the labels, and of the headers they come from.
const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

/// The most members of a `tracestate`, by the specification.
const MOST_MEMBERS: usize = 32;

/// A trace, and the span in it that others follow. Only well-formed ones exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TraceContext {
    parent: String,
    /// Empty if there is none.
    state: String,
}

impl TraceContext {
    /// What the headers of a request say. What is malformed, or there twice, is as if it were not there, as the
    /// specification has it: a caller's mistake in it is no reason to refuse a request.
    pub(super) fn of_request(metadata: &MetadataMap) -> Option<Self> {
        let mut parents = metadata.get_all(PARENT).iter();
        let parent = parents.next()?.to_str().ok()?;
        if parents.next().is_some() {
            return None;
        }
        let states: Result<Vec<_>, _> = metadata.get_all(STATE).iter().map(|state| state.to_str()).collect();
        Self::new(parent, &states.unwrap_or_default().join(","))
    }

    /// What an operation has kept.
    #[cfg_attr(
        not(feature = "opentelemetry"),
        expect(dead_code, reason = "nobody else goes on with a trace")
    )]
    pub(super) fn of_labels(labels: &Labels) -> Option<Self> {
        Self::new(labels.get(PARENT)?, labels.get(STATE).unwrap_or_default())
    }

    /// A trace context of these texts. A state that is malformed or too large for a label is dropped.
    pub(super) fn new(parent: &str, state: &str) -> Option<Self> {
        let parent = normalized(parent)?;
        let state = if is_state(state) { state.to_owned() } else { String::new() };
        Some(Self { parent, state })
    }

    /// The parts of the parent: the trace, the span, the flags.
    #[cfg_attr(
        not(feature = "opentelemetry"),
        expect(dead_code, reason = "nobody else goes on with a trace")
    )]
    pub(super) fn parts(&self) -> (&str, &str, &str) {
        (&self.parent[3..35], &self.parent[36..52], &self.parent[53..])
    }

    #[cfg_attr(
        not(feature = "opentelemetry"),
        expect(dead_code, reason = "nobody else goes on with a trace")
    )]
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    /// These labels and this context, where there is room for it and the program has set none of its own.
    pub(super) fn added_to(&self, labels: &Labels) -> Labels {
        if labels.get(PARENT).is_some() {
            return labels.clone();
        }
        let Ok(with_parent) = labels.clone().with(PARENT, &self.parent) else { return labels.clone() };
        if self.state.is_empty() || labels.get(STATE).is_some() {
            return with_parent;
        }
        with_parent.clone().with(STATE, &self.state).unwrap_or(with_parent)
    }
}

/// A `traceparent` as version 00 has it: of a later version only what this one knows is kept.
fn normalized(text: &str) -> Option<String> {
    const LENGTH: usize = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".len();
    let (known, rest) = text.split_at_checked(LENGTH)?;
    let mut parts = known.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_id = |text: &str, length| is_hex(text, length) && text.bytes().any(|byte| byte != b'0');
    let is_version = match version {
        "00" => rest.is_empty(),
        "ff" => false,
        later => is_hex(later, 2) && (rest.is_empty() || rest.starts_with('-')),
    };
    let is_fine = is_version && is_id(trace, 32) && is_id(span, 16) && is_hex(flags, 2);
    (is_fine && parts.next().is_none()).then(|| format!("00-{trace}-{span}-{flags}"))
}

fn is_state(text: &str) -> bool {
    let members = || text.split(',').map(str::trim).filter(|member| !member.is_empty());
    let is_member = |member: &str| {
        let Some((key, value)) = member.split_once('=') else { return false };
        let is_key = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'*' | b'/' | b'@')
        };
        let is_value = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'=';
        !key.is_empty() && key.bytes().all(is_key) && !value.is_empty() && value.bytes().all(is_value)
    };
    text.len() <= Labels::MAX_VALUE_LEN && members().count() <= MOST_MEMBERS && members().all(is_member)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn of(headers: &[(&'static str, &str)]) -> Option<TraceContext> {
        let mut metadata = MetadataMap::new();
        for (key, value) in headers {
            metadata.append(*key, value.parse().unwrap());
        }
        TraceContext::of_request(&metadata)
    }

    #[test]
    fn a_context_is_read_from_headers_and_kept_in_labels() {
        let context = of(&[(PARENT, GOOD), (STATE, "a=1"), (STATE, "b@c=2 3")]).unwrap();
        let labels = context.added_to(&Labels::new().with("tenant", "acme").unwrap());
        assert_eq!(labels.get(PARENT), Some(GOOD));
        assert_eq!(labels.get(STATE), Some("a=1,b@c=2 3"));
        assert_eq!(TraceContext::of_labels(&labels), Some(context));
    }

    #[test]
    fn what_is_malformed_is_as_if_it_were_not_there() {
        let zeros = GOOD.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32));
        for parent in [
            "",
            "00",
            &GOOD.to_uppercase(),
            &zeros,
            &GOOD.replace("b7ad6b7169203331", &"0".repeat(16)),
            &format!("{GOOD}-"),
            &format!("ff{}", &GOOD[2..]),
            &format!("01{}x", &GOOD[2..]),
            &GOOD.replace('-', "_"),
            &GOOD.replace("b7", "é"),
        ] {
            assert_eq!(TraceContext::new(parent, ""), None, "{parent}");
        }
        assert_eq!(of(&[(PARENT, GOOD), (PARENT, GOOD)]), None, "of two nobody knows which");
        assert_eq!(of(&[(STATE, "a=1")]), None);
    }

    #[test]
    fn of_a_later_version_what_is_known_is_kept() {
        let later = TraceContext::new(&format!("7c{}-more", &GOOD[2..]), "").unwrap();
        assert_eq!(later, TraceContext::new(GOOD, "").unwrap());
    }

    #[test]
    fn a_state_that_is_malformed_or_too_large_is_dropped_alone() {
        let large = format!("a={}", "x".repeat(Labels::MAX_VALUE_LEN - 1));
        let many = vec!["a=1"; MOST_MEMBERS + 1].join(",");
        for state in ["a", "A=1", "=1", "a=", "a=1=2", "a=é", &large, &many] {
            let context = TraceContext::new(GOOD, state).unwrap();
            assert_eq!(context.state, "", "{state}");
        }
        assert_eq!(TraceContext::new(GOOD, &large[..large.len() - 1]).unwrap().state.len(), 1_024);
    }

    #[test]
    fn labels_of_the_program_stay_as_they_are() {
        let context = TraceContext::new(GOOD, "a=1").unwrap();
        let own = Labels::new().with(PARENT, "mine").unwrap();
        assert_eq!(context.added_to(&own), own);
        let mut full = Labels::new();
        for number in 0..Labels::MAX_COUNT {
            full = full.with(&number.to_string(), "").unwrap();
        }
        assert_eq!(context.added_to(&full), full);
    }
}
