//! What errors give as their reason.

use tonic::Code;

/// A reason, which is the same whatever the text of an error says, and the code that goes with it. ERRORS.md has them
/// for those who read errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Reason {
    pub(super) name: &'static str,
    pub(super) code: Code,
}

macro_rules! reasons {
    ($($name:ident: $code:ident,)*) => {
        $(pub(in crate::server) const $name: Reason = Reason { name: stringify!($name), code: Code::$code };)*

        #[cfg(test)]
        const ALL: &[Reason] = &[$($name),*];
    };
}

reasons! {
    ATTEMPT_LOST: Aborted,
    CHECKPOINT_NOT_READABLE: Internal,
    ENGINE_GONE: Internal,
    HANDLER_PANICKED: Internal,
    INVALID_CALLER: Unauthenticated,
    INVALID_EXCLUSIVE_KEY: InvalidArgument,
    INVALID_FILTER: InvalidArgument,
    INVALID_LABEL: InvalidArgument,
    INVALID_NAME: InvalidArgument,
    INVALID_PAGE_SIZE: InvalidArgument,
    INVALID_PAGE_TOKEN: InvalidArgument,
    INVALID_PARENT: InvalidArgument,
    INVALID_REQUEST_ID: InvalidArgument,
    INVALID_TIMEOUT: InvalidArgument,
    LIST_DENIED: PermissionDenied,
    NOT_STORABLE: InvalidArgument,
    NO_HANDLER: Internal,
    OPERATION_CANCELLED: Cancelled,
    OPERATION_CONFLICT: Aborted,
    OPERATION_DEADLINE_EXCEEDED: DeadlineExceeded,
    OPERATION_DENIED: PermissionDenied,
    OPERATION_DONE: Aborted,
    OPERATION_NOT_FOUND: NotFound,
    OPERATION_PREEMPTED: Aborted,
    OUTCOME_NOT_STORABLE: Internal,
    PARTIAL_SUCCESS_UNSUPPORTED: Unimplemented,
    PAYLOAD_TOO_LARGE: ResourceExhausted,
    QUEUE_FULL: ResourceExhausted,
    REQUEST_ID_TAKEN: InvalidArgument,
    REQUEST_NOT_READABLE: Internal,
    SERVER_DRAINING: Unavailable,
    START_DENIED: PermissionDenied,
    START_HOOK_PANICKED: Internal,
    STORE_FAILED: Internal,
    STORE_FULL: ResourceExhausted,
    STORE_UNAVAILABLE: Unavailable,
    TRANSACTION_REFUSED: Internal,
    WRONG_RESPONSE_TYPE: Internal,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons that lro-store gives, for outcomes that no handler has reached.
    const OF_THE_STORE: [&str; 4] = [
        "OPERATION_CANCELLED",
        "OPERATION_DEADLINE_EXCEEDED",
        "OPERATION_INTERRUPTED",
        "OPERATION_PREEMPTED",
    ];

    #[test]
    fn the_table_for_readers_has_each_reason_with_its_code() {
        let table = include_str!("../../../ERRORS.md");
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | `"));
        let rows: Vec<_> = rows.map(|(name, rest)| (name, rest.split('`').next().unwrap())).collect();
        for Reason { name, code } in ALL {
            let code = format!("{code:?}");
            let row = rows.iter().find(|(row, _)| row == name);
            let (_, told) = row.unwrap_or_else(|| panic!("ERRORS.md has no row for {name}"));
            assert_eq!(told.replace('_', "").to_lowercase(), code.to_lowercase(), "{name}");
        }
        for (name, _) in &rows {
            let is_known = ALL.iter().any(|reason| reason.name == *name) || OF_THE_STORE.contains(name);
            assert!(is_known, "ERRORS.md has a row for {name}, which no error gives");
        }
        assert!(rows.is_sorted(), "the rows are in the order of their names");
    }
}
