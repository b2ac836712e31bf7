//! Real processes on a real store while everything goes wrong, and a checker of what they did.

pub mod check;
pub mod event;
pub mod history;
