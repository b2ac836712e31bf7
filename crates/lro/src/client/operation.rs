//! The handle of one operation.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use prost_types::Any;

use super::Client;
use super::origin::Origin;
use super::shared::Shared;
use super::watch::{Aim, Watch};
use crate::google::longrunning;
use crate::{Method, OperationRpcs, Polling};

/// The handle of one operation, with the types of its response and metadata.
///
/// The handle keeps the name of the operation, so a dropped future loses nothing: call the handle again. As
/// text ([`Display`](fmt::Display)) the handle is the name. [`Client::operation`] makes a handle from the name
/// again, in the same process or another; [`reference`](Self::reference) also has the method, so that none is taken for another. Clones are cheap and share what they learn.
pub struct Operation<Res, Meta> {
    pub(super) shared: Arc<Shared>,
    pub(super) origin: Origin,
    polling: Polling,
    pub(super) rpcs: &'static OperationRpcs,
    pub(super) response_type: &'static str,
    pub(super) metadata_type: &'static str,
    types: PhantomData<fn() -> (Res, Meta)>,
}

/// The handle of an operation whose types are not known. Response and metadata are payloads, as the server
/// sent them.
pub type RawOperation = Operation<Any, Any>;

impl RawOperation {
    pub(super) fn raw(client: Client, name: String, latest: Option<longrunning::Operation>) -> Self {
        let polling = client.inner.polling.unwrap_or_default();
        let shared = Arc::new(Shared::new(client, name, latest));
        Self::sharing(shared, Origin::default(), polling, &OperationRpcs::GOOGLE)
    }

    fn sharing(shared: Arc<Shared>, origin: Origin, polling: Polling, rpcs: &'static OperationRpcs) -> Self {
        const ANY: &str = "google.protobuf.Any";
        Self { shared, origin, polling, rpcs, response_type: ANY, metadata_type: ANY, types: PhantomData }
    }

    /// The same operation, asked for by these RPCs.
    pub(super) fn asking_by(self, rpcs: &'static OperationRpcs, is_routed: bool) -> Self {
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
            polling: self.shared.client.inner.polling.unwrap_or(method.polling()),
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

    /// Replaces the policy by which this handle waits.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Replaces the time after which this handle gives up waiting. `Duration::MAX` means never.
    #[must_use]
    pub fn with_timeout(mut self, total: Duration) -> Self {
        self.polling = self.polling.with_total_timeout(total);
        self
    }

    /// Returns the same operation without its types.
    pub fn untyped(&self) -> RawOperation {
        RawOperation::sharing(Arc::clone(&self.shared), self.origin.clone(), self.polling, self.rpcs)
    }

    /// Begins to wait. The time to wait counts from here.
    pub(super) fn watch(&self, aim: Aim) -> Watch {
        Watch::new(Arc::clone(&self.shared), self.rpcs, self.polling, aim)
    }
}

// Derived implementations would require `Clone` and `Debug` of the message types, but a handle holds no
// message.
impl<Res, Meta> Clone for Operation<Res, Meta> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), origin: self.origin.clone(), types: PhantomData, ..*self }
    }
}

impl<Res, Meta> fmt::Debug for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name())
            .field("response_type", &self.response_type)
            .field("metadata_type", &self.metadata_type)
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}

/// Writes the name.
impl<Res, Meta> fmt::Display for Operation<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
