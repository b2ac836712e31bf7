//! An operation whose types were found at run time.

use super::message::BoxedMessage;
use crate::client::operation::State;

/// An operation as it was at one moment, with messages of types that were found at run time.
#[derive(Debug)]
pub struct DecodedOperation {
    pub(super) name: String,
    pub(super) method: Option<&'static str>,
    pub(super) state: State<BoxedMessage>,
    pub(super) metadata: Option<BoxedMessage>,
}

impl DecodedOperation {
    /// The name under which the server knows the operation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of the method that has started the operation, `/package.Service/Method`: the one that the handle knows, or the only registered one
    /// whose types the operation holds.
    pub fn method(&self) -> Option<&'static str> {
        self.method
    }

    /// The state of the operation.
    pub fn state(&self) -> &State<BoxedMessage> {
        &self.state
    }

    /// The state of the operation, by value.
    pub fn into_state(self) -> State<BoxedMessage> {
        self.state
    }

    /// Whether the operation has ended, with a response or an error.
    pub fn is_done(&self) -> bool {
        !matches!(self.state, State::Running)
    }

    /// The metadata, by which the server describes the work, if there is any.
    pub fn metadata(&self) -> Option<&BoxedMessage> {
        self.metadata.as_ref()
    }
}
