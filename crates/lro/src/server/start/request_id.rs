//! Requests that were sent before (AIP-155).

use lro_store::{InvalidRequestId, Record, RequestId, RequestKey};
use prost::Message;
use tonic::Status;

use crate::google::longrunning::Operation;
use crate::server::access::Caller;
use crate::server::convert;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;
use crate::{Method, payload};

/// The id by which a repeat of this request is to be known, if it was given one.
pub(super) fn of<Req, Res, Meta>(
    method: &Method<Req, Res, Meta>,
    request: &Req,
) -> Option<Result<RequestId, InvalidRequestId>> {
    method.request_id(request).filter(|id| !id.is_empty()).map(RequestId::new)
}

/// Looks for the operation that this request of the same caller has started before.
///
/// A request that only asks for a check starts nothing, so it is no repeat of one that did.
pub(in crate::server) async fn find<Req, Res, Meta>(
    shared: &Shared,
    method: Method<Req, Res, Meta>,
    caller: &Caller,
    request: &Req,
) -> Result<Option<Operation>, Status>
where
    Req: Message + Default + PartialEq,
{
    let Some(id) = of(&method, request).filter(|_| !method.validate_only(request)) else { return Ok(None) };
    let id = id.map_err(|error| shared.errors.invalid_request_id(&error))?;
    let key = RequestKey::new(caller.as_owner(), method.path(), id);
    let found = in_time(shared.store.find_by_request(&key)).await;
    let first = found.map_err(|error| shared.errors.store(&error))?;
    first.map(|first| answer(shared, method, request, &first)).transpose()
}

/// The answer to a request whose id is that of an operation: the operation, if it was the same request.
pub(in crate::server) fn answer<Req, Res, Meta>(
    shared: &Shared,
    method: Method<Req, Res, Meta>,
    request: &Req,
    first: &Record,
) -> Result<Operation, Status>
where
    Req: Message + Default + PartialEq,
{
    if is_same(method.request_type(), request, first) {
        Ok(shared.show(&first.view))
    } else {
        Err(shared.errors.request_id_taken())
    }
}

/// Whether the stored request is this one.
///
/// Equal bytes are the same request, also where a message is not equal to itself, as with NaN in it. Other bytes
/// may be too, because the entries of a map are encoded in any order; so then the messages are compared.
fn is_same<Req>(request_type: &str, request: &Req, first: &Record) -> bool
where
    Req: Message + Default + PartialEq,
{
    first.request == convert::to_payload(payload::pack(request_type, request))
        || convert::unpack::<Req>(request_type, &first.request).is_ok_and(|stored| stored == *request)
}
