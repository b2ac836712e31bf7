//! What outcomes are called.

use lro_store::{FailureCode, Outcome};

/// The names in `google.rpc.Code`, by number.
const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The name of a code. Numbers that the enum does not have are UNKNOWN, so that there are no more than these names.
pub(super) fn name(number: i32) -> &'static str {
    usize::try_from(number).ok().and_then(|number| NAMES.get(number)).unwrap_or(&"UNKNOWN")
}

/// The name of the code of an outcome.
pub(super) fn outcome(outcome: &Outcome) -> &'static str {
    name(outcome.code().map_or(0, FailureCode::number))
}

/// Whether a code is the fault of whoever serves, and not of whoever calls: what the conventions of OpenTelemetry for
/// servers of gRPC make an error of the span.
pub(super) fn is_servers_fault(name: &str) -> bool {
    matches!(
        name,
        "UNKNOWN" | "DEADLINE_EXCEEDED" | "UNIMPLEMENTED" | "INTERNAL" | "UNAVAILABLE" | "DATA_LOSS"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn every_code_has_its_name_and_no_number_has_another() {
        for number in 0..17 {
            let known = format!("{:?}", Code::from(number)).to_uppercase();
            assert_eq!(name(number).replace('_', ""), known);
        }
        assert_eq!([name(17), name(-1), name(i32::MAX)], ["UNKNOWN"; 3]);
    }
}
