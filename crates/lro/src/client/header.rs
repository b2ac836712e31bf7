//! What clients add to requests: an id and the routing header.

use tonic::Request;
use tonic::metadata::AsciiMetadataValue;

use crate::Routing;

/// The header that repeats parts of the request (AIP-4222).
const ROUTING: &str = "x-goog-request-params";

/// Makes a random UUID for a field that clients fill in (AIP-4235).
pub fn random_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Returns the request with its routing header.
pub fn routed<T>(mut request: Request<T>, routing: fn(&T) -> Routing) -> Request<T> {
    let routing = routing(request.get_ref());
    add_routing(&mut request, &routing);
    request
}

/// Adds the routing header, unless it would be empty or the caller has set it.
pub(super) fn add_routing<T>(request: &mut Request<T>, routing: &Routing) {
    if routing.is_empty() || request.metadata().contains_key(ROUTING) {
        return;
    }
    let value =
        AsciiMetadataValue::try_from(routing.to_string()).expect("percent-encoded text is visible ASCII");
    request.metadata_mut().insert(ROUTING, value);
}
