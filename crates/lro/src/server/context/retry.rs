//! How a handler's error says that the work is to be tried again.

use std::time::Duration;

use lro_store::{FailureCode, View};
use prost::Message;
use tonic::Status;
use tonic::metadata::MetadataValue;

use crate::google::rpc::{self, RetryInfo};
use crate::payload;
use crate::server::convert;

/// The mark of an error after which the work is to be tried again. It never leaves the process.
const MARK: &str = "lro-retry-later";

/// Marks an error.
pub(in crate::server) fn mark(mut status: Status) -> Status {
    status.metadata_mut().insert(MARK, MetadataValue::from_static("1"));
    status
}

/// Whether an error is marked.
fn is_marked(status: &Status) -> bool {
    status.metadata().contains_key(MARK)
}

/// Whether work that failed with this error is to be tried again, if it may have another attempt.
pub(in crate::server) fn is_due(error: &Status, code: FailureCode, view: &View) -> bool {
    is_marked(error) || view.retry().covers(code)
}

/// How long the error itself asks to wait (`google.rpc.RetryInfo`), such as that of a server that the work has
/// called.
pub(in crate::server) fn asked_delay(status: &Status) -> Option<Duration> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details
        .into_iter()
        .find_map(|detail| payload::unpack::<RetryInfo>("google.rpc.RetryInfo", detail).ok());
    convert::to_duration(info?.retry_delay?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_seen_and_a_delay_in_the_details_is_read() {
        assert!(!is_marked(&Status::unavailable("away")));
        assert!(is_marked(&mark(Status::unavailable("away"))));
        let info = RetryInfo { retry_delay: Some(prost_types::Duration { seconds: 7, nanos: 0 }) };
        let details = vec![payload::pack("google.rpc.RetryInfo", &info)];
        let encoded = rpc::Status { details, ..rpc::Status::default() }.encode_to_vec();
        let status = Status::with_details(tonic::Code::Unavailable, "away", encoded.into());
        assert_eq!(asked_delay(&status), Some(Duration::from_secs(7)));
        assert_eq!(asked_delay(&Status::unavailable("away")), None);
    }
}
