//! What clients add to requests: an id and the routing header.

use std::time::Duration;

use tonic::Request;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};

use crate::Routing;

/// The header that repeats parts of the request (AIP-4222).
const ROUTING: &str = "x-goog-request-params";

/// The header that limits the time of a call.
const TIMEOUT: &str = "grpc-timeout";

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

/// The time to which a call is limited: a number of at most eight digits and a unit, by gRPC's protocol.
pub(super) fn timeout(metadata: &MetadataMap) -> Option<Duration> {
    let text = metadata.get(TIMEOUT)?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 60 * 60)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// The metadata of a call without what limits that call alone.
pub(super) fn lasting(metadata: &MetadataMap) -> MetadataMap {
    let mut lasting = metadata.clone();
    for one_call in [TIMEOUT, ROUTING] {
        lasting.remove(one_call);
    }
    lasting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_call_is_read_as_it_is_written() {
        let timeout_of = |text: &'static str| {
            let mut metadata = MetadataMap::new();
            metadata.insert(TIMEOUT, text.parse().unwrap());
            timeout(&metadata)
        };
        assert_eq!(timeout_of("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(timeout_of("99999999n"), Some(Duration::from_nanos(99_999_999)));
        for wrong in ["", "1", "S", "1s", "-1S", "123456789S", "1.5S"] {
            assert_eq!(timeout_of(wrong), None, "{wrong}");
        }
        for time in [Duration::from_millis(1500), Duration::from_secs(3600), Duration::from_micros(7)] {
            let mut request = Request::new(());
            request.set_timeout(time);
            assert_eq!(timeout(request.metadata()), Some(time));
        }
    }
}
