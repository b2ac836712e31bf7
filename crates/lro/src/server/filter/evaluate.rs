//! What a filter asks of an operation.

use lro_store::{Outcome, Timestamp, View};

use super::compare::{Compare, Value};
use super::message::Question;

/// A filter whose fields are known.
#[derive(Debug, Clone)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

/// A comparison with one field. What an operation does not have never matches.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Name(Compare),
    Done(bool),
    Method(Compare),
    Owner(Compare),
    /// The value of a label.
    Label(String, Compare),
    HasLabels,
    CreateTime(Compare),
    UpdateTime(Compare),
    EndTime(Compare),
    HasError,
    ErrorCode(Compare),
    ErrorMessage(Compare),
    HasMetadata,
    Metadata(Question),
    HasResponse,
    Response(Question),
}

impl Node {
    pub(super) fn holds(&self, view: &View) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(view)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(view)),
            Self::Not(node) => !node.holds(view),
            Self::Test(test) => test.holds(view),
        }
    }

    /// How many of its tests read a message.
    pub(super) fn questions(&self) -> usize {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().map(Self::questions).sum(),
            Self::Not(node) => node.questions(),
            Self::Test(test) => usize::from(matches!(test, Test::Metadata(_) | Test::Response(_))),
        }
    }
}

impl Test {
    fn holds(&self, view: &View) -> bool {
        let response = match view.outcome() {
            Some(Outcome::Response(response)) => Some(response),
            _ => None,
        };
        let failure = match view.outcome() {
            Some(Outcome::Error(failure)) => Some(failure),
            _ => None,
        };
        match self {
            Self::Name(compare) => text(compare, view.name().as_str()),
            Self::Done(done) => view.is_done() == *done,
            Self::Method(compare) => text(compare, view.method()),
            Self::Owner(compare) => text(compare, view.owner().as_str()),
            Self::Label(key, compare) => {
                view.labels().get(key).is_some_and(|value| compare.accepts(Value::Text(value)))
            }
            Self::HasLabels => !view.labels().is_empty(),
            Self::CreateTime(compare) => compare.accepts(time(view.create_time())),
            Self::UpdateTime(compare) => compare.accepts(time(view.update_time())),
            Self::EndTime(compare) => view.end_time().is_some_and(|end| compare.accepts(time(end))),
            Self::HasError => failure.is_some(),
            Self::ErrorCode(compare) => {
                failure.is_some_and(|failure| compare.accepts(Value::Integer(failure.code.number().into())))
            }
            Self::ErrorMessage(compare) => failure.is_some_and(|failure| text(compare, &failure.message)),
            Self::HasMetadata => view.metadata().is_some(),
            Self::Metadata(question) => view.metadata().is_some_and(|payload| question.holds(payload)),
            Self::HasResponse => response.is_some(),
            Self::Response(question) => response.is_some_and(|payload| question.holds(payload)),
        }
    }
}

/// A text that every operation has is present if there is anything in it.
fn text(compare: &Compare, value: &str) -> bool {
    match compare {
        Compare::Present => !value.is_empty(),
        compare => compare.accepts(Value::Text(value)),
    }
}

fn time(time: Timestamp) -> Value<'static> {
    Value::Time(i128::from(time.as_micros()) * 1_000)
}
