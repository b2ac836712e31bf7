//! The handle of one operation.
//!
//! `wait` and `cancel` have its calls, and `updates` is the operation as a stream; `follow` waits for what the poller finds out. `snapshot` reads an
//! operation with its types, and `origin` is how the operation was started. `error` is
//! what can go wrong, with the handle.

mod cancel;
mod error;
mod follow;
mod origin;
pub(in crate::client) mod snapshot;
mod updates;
mod wait;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use prost_types::Any;
use tonic::metadata::MetadataMap;

pub use self::error::OperationError;
use self::origin::Origin;

pub use self::snapshot::{Snapshot, State};
pub use self::updates::{Update, Updates};
use super::Client;
use super::settings::Settings;
use super::shared::{Carried, Shared};
use crate::google::longrunning;
use crate::{Method, OperationRpcs, Polling, RetryPolicy};

/// The handle of one operation, with the types of its response and metadata.
///
/// The handle keeps the name of the operation, so a dropped future loses nothing: call the handle again. As
/// text ([`Display`](fmt::Display)) the handle is the name. [`Client::operation`] makes a handle from the name
/// again, in the same process or another; [`reference`](Self::reference) also has the method, so that none is taken for another. Clones are cheap and share what they learn.
pub struct Operation<Res, Meta> {
    pub(in crate::client) shared: Arc<Shared>,
    pub(in crate::client) origin: Origin,
    pub(in crate::client) settings: Arc<Settings>,
    pub(in crate::client) rpcs: &'static OperationRpcs,
    pub(in crate::client) response_type: &'static str,
    pub(in crate::client) metadata_type: &'static str,
    types: PhantomData<fn() -> (Res, Meta)>,
}

/// The handle of an operation whose types are not known. Response and metadata are payloads, as the server
/// sent them.
pub type RawOperation = Operation<Any, Any>;

impl RawOperation {
    pub(in crate::client) fn raw(
        client: Client,
        name: String,
        latest: Option<longrunning::Operation>,
    ) -> Self {
        let settings = client.settings(Polling::default());
        let shared = Arc::new(Shared::new(client, name, latest));
        Self::sharing(shared, Origin::default(), settings, &OperationRpcs::GOOGLE)
    }

    fn sharing(
        shared: Arc<Shared>,
        origin: Origin,
        settings: Arc<Settings>,
        rpcs: &'static OperationRpcs,
    ) -> Self {
        const ANY: &str = "google.protobuf.Any";
        Self { shared, origin, settings, rpcs, response_type: ANY, metadata_type: ANY, types: PhantomData }
    }

    /// The same operation, asked for by these RPCs.
    pub(in crate::client) fn asking_by(self, rpcs: &'static OperationRpcs, is_routed: bool) -> Self {
        if is_routed {
            self.shared.route();
        }
        Self { rpcs, ..self }
    }

    /// Returns the same operation with the types of `method`.
    ///
    /// The handle waits by the polling of `method`, unless the client sets one policy for all methods. It
    /// asks by the RPCs of `method`, and sends routing headers if `method` has them.
    #[must_use]
    pub fn typed<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> Operation<Res, Meta> {
        if method.has_routing() {
            self.shared.route();
        }
        Operation {
            settings: self.shared.client.settings(method.polling()),
            shared: self.shared,
            origin: Origin { method: method.path(), ..self.origin },
            rpcs: method.rpcs(),
            response_type: method.response_type(),
            metadata_type: method.metadata_type(),
            types: PhantomData,
        }
    }
}

impl<Res, Meta> Operation<Res, Meta> {
    /// The name under which the server knows the operation.
    ///
    /// The name is empty if the request had `validate_only` set (AIP-163): such an operation is done already,
    /// and the server does not keep it.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The name alone, by value.
    pub fn into_name(self) -> String {
        match Arc::try_unwrap(self.shared) {
            Ok(shared) => shared.name,
            Err(shared) => shared.name.clone(),
        }
    }

    /// The path of the method that has started the operation, `/package.Service/Method`; empty if it is not known, because the handle was made
    /// without types.
    pub fn method(&self) -> &'static str {
        self.origin.method
    }

    /// The id of the request that has started the operation (AIP-155). `None` if the request had none, or if the handle was made from
    /// a name alone.
    pub fn request_id(&self) -> Option<&str> {
        self.origin.request_id.as_deref()
    }

    /// The same handle, which knows the id of the request; an empty one is none.
    pub(in crate::client) fn started_with(mut self, request_id: Option<&str>) -> Self {
        self.origin.request_id = request_id.filter(|id| !id.is_empty()).map(Arc::from);
        self
    }

    /// Replaces the policy by which this handle waits.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        Arc::make_mut(&mut self.settings).polling = polling;
        self
    }

    /// Replaces the time after which this handle gives up waiting. `Duration::MAX` means never.
    #[must_use]
    pub fn with_timeout(mut self, total: Duration) -> Self {
        let settings = Arc::make_mut(&mut self.settings);
        settings.polling = settings.polling.with_total_timeout(total);
        self
    }

    /// Replaces the policy by which this handle asks again after failures.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        Arc::make_mut(&mut self.settings).retry = retry;
        self
    }

    /// Takes an operation that has ended with neither a response nor an error for one that succeeded with a response that has no
    /// field set. Where the response is `google.protobuf.Empty`, that is so anyway.
    #[must_use]
    pub fn accept_missing_result(mut self) -> Self {
        Arc::make_mut(&mut self.settings).accepts_missing_result = true;
        self
    }

    /// Has all calls about the operation carry this metadata, whichever handle of it makes them. It is added to what
    /// interceptors add, and replaces what was set before.
    #[must_use]
    pub fn with_metadata(self, metadata: MetadataMap) -> Self {
        let deadline = self.shared.carried().and_then(|carried| carried.deadline);
        self.shared.carry(Carried { metadata, deadline });
        self
    }

    /// Returns the same operation without its types.
    pub fn untyped(&self) -> RawOperation {
        RawOperation::sharing(
            Arc::clone(&self.shared),
            self.origin.clone(),
            Arc::clone(&self.settings),
            self.rpcs,
        )
    }
}

// Derived implementations would require `Clone` and `Debug` of the message types, but a handle holds no
// message.
impl<Res, Meta> Clone for Operation<Res, Meta> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            origin: self.origin.clone(),
            settings: Arc::clone(&self.settings),
            types: PhantomData,
            ..*self
        }
    }
}

impl<Res, Meta> fmt::Debug for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name())
            .field("response_type", &self.response_type)
            .field("metadata_type", &self.metadata_type)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Writes the name.
impl<Res, Meta> fmt::Display for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
