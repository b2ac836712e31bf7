//! Servers for `lro-conformance`.
//!
//! - [`Server`] is ours, with a service whose operations do as they are told ([`pb`]), on any store.
//! - [`Fault`] is one thing that a server does wrong. A layer in front of the server does it on the wire, so that there is no need
//!   for an engine that can be broken; [`FAULTS`] says which check has to find it.

mod fault;
mod faulty;
mod jobs;
mod server;
mod target;

pub use fault::{FAULTS, Fault};
pub use server::Server;
pub use target::target;

/// The generated code.
#[allow(clippy::pedantic, reason = "generated code is not written to that taste")]
pub mod pb {
    lro::include_proto!("conformance.jobs.v1");

    /// The descriptors of the service and all that they import.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/jobs.binpb"));
}
