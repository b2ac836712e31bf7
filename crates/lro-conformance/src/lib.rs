//! A black box that tests any `google.longrunning` server over the network.
//!
//! - A [`Target`] says where the server is and how operations are started there: a method and a request as JSON,
//!   with the descriptors from the server's reflection or from a file.
//! - A [`Suite`] runs [`Check`]s against it. Each is a MUST, a SHOULD or a MAY ([`Level`]) of a [`Source`]: the comments
//!   of `google/longrunning/operations.proto` or an AIP.
//! - The [`Report`] has an [`Outcome`] for each check, as a table for people, as JSON and as JUnit.
//!
//! The program `lro-conformance` is the same from the command line. From a test of a server in Rust:
//!
//! ```no_run
//! use lro_conformance::{Request, Suite, Target};
//! use serde_json::json;
//!
//! # async fn test() -> Result<(), lro_conformance::Error> {
//! let import = "example.library.v1.LibraryService/ImportBooks";
//! let request = |book: &str| Request::new(import, json!({"parent": "shelves/{{id}}", "uris": [book]}));
//! let target = Target::new("http://127.0.0.1:50051", request("books://emma"))
//!     .failing_request(request("books://lost"))
//!     .list_name("shelves/-");
//! let report = Suite::new(target).run().await?;
//! assert!(report.is_conformant(), "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! Nothing of the `lro` crates is in here, not even their messages: what tests a server must not share its mistakes.

mod check;
mod checks;
#[cfg(feature = "cli")]
pub mod cli;
mod connect;
mod error;
mod level;
mod outcome;
mod probe;
mod report;
mod request;
mod restart;
mod source;
mod suite;
mod target;
mod timeouts;
mod wire;

pub use check::Check;
pub use error::Error;
pub use level::Level;
pub use outcome::{Exchange, Failure, Outcome};
pub use report::{Entry, Report};
pub use request::Request;
pub use restart::Restart;
pub use source::Source;
pub use suite::Suite;
pub use target::Target;
pub use timeouts::Timeouts;
