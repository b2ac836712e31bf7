//! What generated code names: its only prelude.
//!
//! Application code has no need of this module, with two exceptions: `Transport` says what a client can
//! be built on, and [`V1`] explains a compile error that points at it.

use std::pin::Pin;

pub use std::convert::{TryFrom, TryInto};
pub use std::future::Future;
pub use std::mem::take;
pub use std::sync::Arc;
pub use std::time::Duration;

pub use futures_core::Stream;
pub use prost;
pub use prost_types;
pub use tonic::codegen::StdError;
pub use tonic::{Code, IntoRequest, IntoStreamingRequest, Request, Response, Status, Streaming};

#[cfg(feature = "client")]
pub use self::client::*;
#[cfg(feature = "server")]
pub use self::server::*;
pub use crate::method::Method;
pub use crate::operation_rpcs::{OperationPage, OperationRpcs, any_of, operation_message};
pub use crate::payload::pack;
pub use crate::polling::Polling;
pub use crate::retry::RetryPolicy;
pub use crate::routing::Routing;

/// A future in a box: of a method of tonic's server traits, or of a generated client.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What generated clients name.
///
/// They import all of it, so that a crate that lacks the feature `client` has one error, which says so.
#[cfg(feature = "client")]
pub mod client {
    pub use crate::client::adapter::{client_streaming, connect, server_streaming, streaming, unary};
    pub use crate::client::{Client, Operation, OperationsClient, Starting, Transport, random_id, routed};
}

/// What generated servers name.
///
/// They import all of it, so that a crate that lacks the feature `server` has one error, which says so.
#[cfg(feature = "server")]
pub mod server {
    pub use crate::server::{
        Context, Engine, OperationStream, PlainStart, Registration, Serving, Start, StartHook, Work, boxed,
        plain_start, register_method, start_operation, stream_operation,
    };
}

/// Connecting over HTTP/2.
#[cfg(feature = "client")]
pub mod transport {
    pub use tonic::transport::{Endpoint, Error};
}

/// The version handshake between generated code and this runtime.
///
/// Each generated module begins with `const _: () = ::lro::codegen::V1;`, which costs nothing and compiles
/// only where the runtime offers what that generation of code relies on. An error of the form "cannot find
/// value `V2` in module `lro::codegen`" means: the code was generated for a newer runtime than this one, so
/// update the `lro` dependency, or generate with the `lro-build` or `protoc-gen-rust-lro` of its version.
/// The runtime keeps every older constant for as long as it can run the code that names it.
pub const V1: () = ();

/// Includes the generated code of one package from `OUT_DIR`, where a build script with `lro-build` put it.
///
/// ```ignore
/// pub mod library {
///     lro::include_proto!("example.library.v1");
/// }
/// ```
///
/// With the option `include_file("mod.rs")` of the builder, `lro::include_proto!("mod")` includes all packages, each in modules that are called
/// as the parts of its name. Packages that name types of each other need that.
#[macro_export]
macro_rules! include_proto {
    ($package:tt) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $package, ".rs"));
    };
}
