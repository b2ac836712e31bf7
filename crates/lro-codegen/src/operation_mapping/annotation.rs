//! The option of methods that says what their operations hold.

use super::Name;
use super::name::call;

/// The option of methods, an API's own, that says what their operations hold. Part of an [`OperationMapping`](super::OperationMapping).
#[derive(Debug, Clone)]
#[must_use = "it says nothing before it is given to a mapping"]
pub struct AnnotationMapping {
    /// The full name of the extension of `google.protobuf.MethodOptions`.
    pub(crate) extension: Name,
    pub(crate) response: Option<Name>,
    pub(crate) metadata: Option<Name>,
}

impl AnnotationMapping {
    /// An extension of `google.protobuf.MethodOptions`, by its full name. It has to be a message.
    pub fn new(extension: impl Into<String>) -> Self {
        Self::of(Name::said("AnnotationMapping", "new", extension))
    }

    pub(crate) fn of(extension: Name) -> Self {
        Self { extension, response: None, metadata: None }
    }

    /// The field of that message which names the response; `response_type` unless set.
    pub fn response_field(mut self, field: impl Into<String>) -> Self {
        self.response = Some(self.said("response_field", field));
        self
    }

    /// The field of that message which names the metadata; `metadata_type` unless set.
    pub fn metadata_field(mut self, field: impl Into<String>) -> Self {
        self.metadata = Some(self.said("metadata_field", field));
        self
    }

    fn said(&self, method: &str, text: impl Into<String>) -> Name {
        Name::said(&call("AnnotationMapping", "new", &self.extension.text), method, text)
    }
}
