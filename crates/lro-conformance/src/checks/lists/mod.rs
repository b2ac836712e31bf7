//! Lists of operations: which, in what order, page by page, and by filter.

pub(super) mod filter;
pub(super) mod list;
pub(super) mod page_token;
