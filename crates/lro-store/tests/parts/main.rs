//! What a store reads back is an operation that transitions lead to, or is refused.

mod columns;
mod created;
mod faults;
mod reachable;
mod texts;
