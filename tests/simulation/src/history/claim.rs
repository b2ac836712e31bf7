//! Claims: what a process was given, by the store's order.

use lro::store::Attempt;

/// One claim of an operation.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) attempt: Attempt,
    /// How many attempts had begun with it, as the operation counts them.
    pub(crate) counted: u32,
    /// Whose call it was.
    pub(crate) process: usize,
    /// Whether that process was given a hint that the work is to stop, while it had the claim.
    pub(crate) is_hinted_to_stop: bool,
    pub(crate) end: Option<ClaimEnd>,
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClaimEnd {
    /// With an outcome of its own.
    Finished,
    /// It was handed back.
    Released,
    /// It was taken back after its worker was gone.
    Reclaimed,
    /// The operation was deleted.
    Deleted,
}
