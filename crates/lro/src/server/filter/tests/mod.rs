//! Filters, whole: the examples of AIP-160, a second opinion on the grammar, and properties.

mod differential;
mod examples;
mod messages;
mod properties;
mod support;
