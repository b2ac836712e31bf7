//! Requests that were sent before (AIP-155).

use lro_store::{Record, RequestKey};
use prost::Message;
use tonic::Status;

use super::call::in_time;
use super::convert;
use super::inner::Inner;
use crate::google::longrunning::Operation;
use crate::{Method, payload};

/// The caller of every request: the engine does not tell callers apart, so all of them share their ids.
pub(super) const CALLER: &str = "";

/// The id by which a repeat of this request is to be known, if it was given one.
pub(super) fn id<'a, Req, Res, Meta>(method: &Method<Req, Res, Meta>, request: &'a Req) -> Option<&'a str> {
    method.request_id(request).filter(|id| !id.is_empty())
}

/// Looks for the operation that this request has started before.
pub(super) async fn find<Req, Res, Meta>(
    inner: &Inner,
    method: Method<Req, Res, Meta>,
    request: &Req,
) -> Result<Option<Operation>, Status>
where
    Req: Message + Default + PartialEq,
{
    // A request that only asks for a check starts nothing, so it is no repeat of one that did.
    let Some(id) = id(&method, request).filter(|_| !method.validate_only(request)) else {
        return Ok(None);
    };
    let key = RequestKey::new(CALLER, method.path(), id)
        .map_err(|error| inner.errors.invalid_request_id(&error))?;
    let first = in_time(inner.store.find(&key)).await.map_err(|error| inner.errors.store(&error))?;
    first.map(|first| answer(inner, method, request, &first)).transpose()
}

/// The answer to a request whose id is that of an operation: the operation, if it was the same request.
pub(super) fn answer<Req, Res, Meta>(
    inner: &Inner,
    method: Method<Req, Res, Meta>,
    request: &Req,
    first: &Record,
) -> Result<Operation, Status>
where
    Req: Message + Default + PartialEq,
{
    if is_same(method.request_type(), request, first) {
        Ok(convert::to_operation(first))
    } else {
        Err(inner.errors.request_id_taken())
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
    *first.request() == convert::to_payload(payload::pack(request_type, request))
        || payload::unpack::<Req>(request_type, convert::to_any(first.request()))
            .is_ok_and(|stored| stored == *request)
}
