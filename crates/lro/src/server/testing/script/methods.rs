//! What calls of methods start.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use prost::Message;
use prost_types::Any;
use tonic::Status;

use super::operation::Script;
use super::plan::Plan;
use crate::Method;
use crate::google::longrunning::{Operation, operation};
use crate::payload;

/// The methods that start operations, by their paths.
#[derive(Default)]
pub(super) struct Methods(HashMap<String, Start>);

/// What a call of one method asks for.
pub(super) type Start = Arc<dyn Fn(&[u8]) -> Result<Asked, Status> + Send + Sync>;

/// What a request asks for.
pub(super) enum Asked {
    /// To start an operation.
    Operation {
        /// Empty if the request has none.
        request_id: String,
        /// What starts, unless a request with the same id has started something before.
        plan: Box<dyn FnOnce() -> Plan + Send>,
    },
    /// To check the request (AIP-163), which is always found to be right.
    Check(Operation),
}

impl Methods {
    pub(super) fn add<Req, Res, Meta>(
        &mut self,
        method: &Method<Req, Res, Meta>,
        script: impl Fn(Req) -> Script<Res, Meta> + Send + Sync + 'static,
    ) where
        Req: Message + Default + 'static,
        Res: Message + 'static,
        Meta: Message + 'static,
    {
        let (method, script) = (*method, Arc::new(script));
        let start: Start = Arc::new(move |message| {
            let request = Req::decode(message).map_err(|error| {
                Status::internal(format!("the request is no `{}`: {error}", method.request_type()))
            })?;
            if method.validate_only(&request) {
                let response = payload::pack(method.response_type(), &());
                return Ok(Asked::Check(checked(response)));
            }
            let request_id = method.request_id(&request).unwrap_or_default().to_owned();
            let script = Arc::clone(&script);
            Ok(Asked::Operation { request_id, plan: Box::new(move || script(request).plan(&method)) })
        });
        self.0.insert(method.path().to_owned(), start);
    }

    /// What calls of the RPC at `path` start; UNIMPLEMENTED if nobody has said.
    pub(super) fn at(&self, path: &str) -> Result<Start, Status> {
        let start = self.0.get(path).cloned();
        start.ok_or_else(|| Status::unimplemented(format!("the script has nothing for `{path}`")))
    }
}

/// The operation of a request that was only checked: done, without a name, and with the default response.
fn checked(response: Any) -> Operation {
    let result = Some(operation::Result::Response(response));
    Operation { name: String::new(), metadata: None, done: true, result }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
