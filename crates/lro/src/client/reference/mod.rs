//! An operation as text: all that another process needs to go on with it.

#[cfg(feature = "serde")]
mod serde;
mod text;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

pub use self::text::ParseOperationRefError;

use super::Client;
use super::operation::Operation;
use crate::Method;

/// What a handle is made of again in another process, or on another day: the method that has started the operation, the
/// operation's name, and the id of the request, if it had one.
///
/// ```
/// use lro::OperationRef;
///
/// let reference = OperationRef::new("/example.library.v1.LibraryService/ImportBooks", "shelves/1/operations/7")
///     .with_request_id("c1b5");
/// let text = reference.to_string();
/// assert_eq!(text, "/example.library.v1.LibraryService/ImportBooks?name=shelves/1/operations/7&request_id=c1b5");
/// assert_eq!(text.parse(), Ok(reference));
/// ```
///
/// As text ([`Display`](fmt::Display), [`FromStr`](std::str::FromStr)) it is one line of visible ASCII, as the path and query of a URL are: in each part,
/// all but letters, digits and `-._~/:` is percent-encoded. With the feature `serde` it is serialized as this text, in every format: so it can
/// be the key of a map or a column of a table, and what is stored is what log lines show.
///
/// [`Operation::reference`] makes one, [`Client::resume`] a handle again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationRef {
    method: Cow<'static, str>,
    name: String,
    request_id: Option<String>,
}

impl OperationRef {
    /// Refers to the operation `name` that the method at the path `method` has started.
    ///
    /// The path is that of [`Method::path`], `/package.Service/Method`; it is empty if the method is not known.
    pub fn new(method: impl Into<Cow<'static, str>>, name: impl Into<String>) -> Self {
        Self { method: method.into(), name: name.into(), request_id: None }
    }

    /// Adds the id of the request that has started the operation (AIP-155).
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// The path of the method that has started the operation, `/package.Service/Method`; empty if it is not known.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The name under which the server knows the operation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the request that has started the operation, if it had one and it is known.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    /// What another process needs to go on with the operation. [`Client::resume`] makes a handle of it again.
    pub fn reference(&self) -> OperationRef {
        let reference = OperationRef::new(self.method(), self.name());
        match self.request_id() {
            Some(id) => reference.with_request_id(id),
            None => reference,
        }
    }
}

impl Client {
    /// Makes the handle of an operation of `method` again. Sends nothing.
    ///
    /// A reference that names no method, as those of handles without types do, is taken at the caller's word.
    ///
    /// # Errors
    ///
    /// [`OtherMethod`], if another method has started the operation.
    pub fn resume<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        reference: &OperationRef,
    ) -> Result<Operation<Res, Meta>, OtherMethod> {
        let found = reference.method();
        if !found.is_empty() && found != method.path() {
            return Err(OtherMethod { expected: method.path(), found: found.to_owned() });
        }
        Ok(self.raw_operation(reference.name()).typed(method).started_with(reference.request_id()))
    }
}

/// Why no handle was made of an [`OperationRef`]: another method has started the operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherMethod {
    expected: &'static str,
    found: String,
}

impl OtherMethod {
    /// The path of the method whose operation was asked for.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// The path of the method that has started the operation.
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for OtherMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        write!(f, "the operation was started by `{found}`, and cannot be resumed as one of `{expected}`")
    }
}

impl Error for OtherMethod {}
