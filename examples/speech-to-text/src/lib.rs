//! A client of Google's Speech-to-Text API: it starts a long-running operation, follows it, and picks it up in another process.
//!
//! `auth` gets access tokens and puts them on calls, `connect` makes the client, `transcribe` has the operations, and `explain` tells what an
//! error says. Everything but `transcribe` is the same for every other API of Google.

/// Generated from `proto/google/cloud/speech/v2/cloud_speech.proto`.
#[allow(clippy::pedantic, reason = "generated code is not written to that taste")]
pub mod pb {
    lro::include_proto!("google.cloud.speech.v2");
}

pub mod auth;
pub mod connect;
pub mod explain;
pub mod transcribe;

/// An error of any kind.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
