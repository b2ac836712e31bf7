//! Who calls.

use std::fmt;

use lro_store::{InvalidOwner, Owner};
use tonic::Extensions;

/// Who calls an RPC, as the server tells callers apart ([`EngineBuilder::identify`](crate::EngineBuilder::identify)).
///
/// Operations that a caller starts belong to it: they keep its [`owner`](Self::owner) and its
/// [labels](Self::label), and handlers read them ([`Context::owner`](crate::Context::owner),
/// [`Context::labels`](crate::Context::labels)). What an [`Authorizer`](crate::Authorizer) wants to know beyond that travels
/// as [extensions](Self::extension), which are not kept.
///
/// A request that has a `Caller` among its extensions is that caller's, and nobody is asked who it is: a layer or an
/// interceptor may put it there, and so may code of the server that starts an operation by itself. It cannot come from
/// the network.
///
/// ```
/// use lro::Caller;
///
/// let alice = Caller::new("users/alice").label("tenant", "acme");
/// assert_eq!(alice.owner(), "users/alice");
/// ```
#[derive(Clone)]
pub struct Caller {
    owner: Result<Owner, InvalidOwner>,
    labels: Vec<(String, String)>,
    extensions: Extensions,
    is_server: bool,
}

impl Caller {
    /// The caller of this name: at most 512 bytes of text without control characters, compared byte by byte. With
    /// another name its calls fail as UNAUTHENTICATED. An empty one is [`anonymous`](Self::anonymous).
    pub fn new(owner: impl AsRef<str>) -> Self {
        Self::with_owner(Owner::new(owner.as_ref()))
    }

    /// A caller of whom nothing is known. What it starts belongs to nobody.
    pub fn anonymous() -> Self {
        Self::with_owner(Ok(Owner::none()))
    }

    /// The server itself, which may do everything: no authorizer is asked. What it starts belongs to nobody; start
    /// as [`Caller::new`] what is to belong to somebody.
    pub fn server() -> Self {
        Self { is_server: true, ..Self::anonymous() }
    }

    fn with_owner(owner: Result<Owner, InvalidOwner>) -> Self {
        Self { owner, labels: Vec::new(), extensions: Extensions::new(), is_server: false }
    }

    /// Has the operations that this caller starts keep a small text under a key, for handlers to read and lists to be
    /// filtered by: at most 32, of 1 to 64 and up to 1,024 bytes. A label of the same key that
    /// [`Start::label`](crate::Start::label) sets takes its place.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((key.into(), value.into()));
        self
    }

    /// Adds something for the authorizer, such as roles; of each type there is one.
    #[must_use]
    pub fn with_extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.extensions.insert(extension);
        self
    }

    /// What was added of this type.
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.extensions.get()
    }

    /// Whom operations of this caller belong to; empty for one that is anonymous.
    pub fn owner(&self) -> &str {
        self.owner.as_ref().map(Owner::as_str).unwrap_or_default()
    }

    /// The labels, in the order in which they were added.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether this is the server itself.
    pub fn is_server(&self) -> bool {
        self.is_server
    }

    /// As [`owner`](Self::owner), as stores have it.
    pub(in crate::server) fn as_owner(&self) -> Owner {
        self.owner.clone().unwrap_or_default()
    }

    /// Why nobody can have this name, if so.
    pub(super) fn fault(&self) -> Option<&InvalidOwner> {
        self.owner.as_ref().err()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("owner", &self.owner())
            .field("labels", &self.labels)
            .field("is_server", &self.is_server)
            .finish_non_exhaustive()
    }
}
