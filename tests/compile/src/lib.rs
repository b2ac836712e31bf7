//! Generated code, compiled the way users compile it.
//!
//! Each module is what the build script makes of one proto with one set of options. That this crate builds, and that its documentation
//! does, under the lints below is the larger part of the test; `tests/` uses the types. No proto comment may become a doctest: those of
//! the guide to tests are all that there are.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rustdoc::all)]
#![expect(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    clippy::default_trait_access,
    clippy::too_many_lines,
    clippy::pub_underscore_fields,
    reason = "prost-build and tonic-build do not write for the pedantic lints, and neither do authors of protos"
)]

/// Includes a generated file by its path below `OUT_DIR`.
macro_rules! generated {
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file));
    };
}

/// Comments that rustdoc would stumble over, on everything.
pub mod comments {
    generated!("comments/tests.comments.v1.rs");
}

/// Markdown that is hard to get right.
pub mod markdown {
    generated!("markdown/tests.markdown.v1.rs");
}

/// No comment anywhere.
pub mod silent {
    generated!("silent/tests.silent.v1.rs");
}

/// Visible to nobody else, as in a program, and used by nobody.
#[expect(
    unreachable_pub,
    clippy::trivially_copy_pass_by_ref,
    reason = "what is generated does not know where it is included, and prost-build's enums, which pedantic lints see where they are private"
)]
mod unused {
    /// With enums.
    pub mod messages {
        generated!("messages/tests.messages.v1.rs");
    }

    /// With a client and a server.
    pub mod streaming {
        generated!("streaming/tests.streaming.v1.rs");
    }
}

/// All kinds of streams.
pub mod streaming {
    generated!("streaming/tests.streaming.v1.rs");
}

/// Operations in streams, and others that nobody can type.
pub mod remote {
    generated!("remote/tests.remote.v1.rs");
}

/// Operations that are not everybody's.
pub mod jobs {
    generated!("jobs/tests.jobs.v1.rs");
}

/// Operations that are their own responses.
pub mod cloud {
    generated!("cloud/tests.cloud.v1.rs");
}

/// Bare values as requests and responses.
pub mod wrappers {
    generated!("wrappers/tests.wrappers.v1.rs");
}

/// Names without a letter.
pub mod digits {
    generated!("digits/mod.rs");
}

/// Several services in several files of one package.
pub mod several {
    generated!("several/tests.several.v1.rs");
}

/// Two packages that refer to each other, in a module tree.
pub mod hands {
    generated!("hands/mod.rs");
}

/// The well-known types, which prost maps to types of its own.
pub mod well_known {
    generated!("well_known/tests.well_known.v1.rs");
}

/// A file without a package.
pub mod no_package {
    generated!("no_package/root.rs");
}

/// Words that Rust keeps for itself, as packages, services, methods and messages.
pub mod keywords {
    generated!("keywords/mod.rs");
}

/// Methods called like those of generated code, of tonic and of the standard library.
pub mod methods {
    generated!("methods/tests.methods.v1.rs");
}

/// Messages called like types of generated code, of tonic and of the standard library.
pub mod messages {
    generated!("messages/tests.messages.v1.rs");
}

/// Names that are close to each other, and do not collide.
pub mod names {
    generated!("names/tests.names.v1.rs");
}

/// Deprecated services, methods, messages and fields.
pub mod deprecated {
    generated!("deprecated/tests.deprecated.v1.rs");
}

/// Ids and routing headers.
pub mod routing {
    generated!("routing/tests.routing.v1.rs");
}

/// The README's example.
pub mod library {
    generated!("library/example.library.v1.rs");
}

/// The README's example with polling settings of its own.
pub mod waiting {
    generated!("waiting/example.library.v1.rs");
}

/// The README's example without servers.
pub mod client_only {
    generated!("client_only/example.library.v1.rs");
}

/// The README's example without clients.
pub mod server_only {
    generated!("server_only/example.library.v1.rs");
}

/// A package whose messages come from [`library`] in part.
pub mod shelf {
    generated!("shelf/tests.shelf.v1.rs");
}

/// Messages changed by the options of the message generator.
pub mod options {
    generated!("options/tests.options.v1.rs");
}

// A message needs `Debug`; who leaves out prost's writes one.
impl std::fmt::Debug for options::Wrapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wrapping").finish_non_exhaustive()
    }
}

/// The runtime by another path.
pub use lro as facade;

/// Code that finds the runtime by that path.
pub mod behind_facade {
    generated!("facade/tests.well_known.v1.rs");
}

/// Code that only this crate sees, most of which nobody uses.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "prost-build's enums, which pedantic lints see where they are private"
)]
mod hidden {
    generated!("hidden/mod.rs");
}

/// A name from the hidden code, to show that it can be reached.
pub const HIDDEN_PATH: &str = hidden::tests::options::v1::depot_lro::DELIVER.path();

/// Clients and servers, compiled with a Cargo feature that is on.
pub mod client_on_server_on {
    generated!("client_on_server_on/example.library.v1.rs");
}

/// Only clients, as the feature of servers is off.
pub mod client_on_server_off {
    generated!("client_on_server_off/example.library.v1.rs");
}

/// Only servers, as the feature of clients is off.
pub mod client_off_server_on {
    generated!("client_off_server_on/example.library.v1.rs");
}

/// Constants and messages alone.
pub mod client_off_server_off {
    generated!("client_off_server_off/example.library.v1.rs");
}

/// `google.protobuf` generated along with the package that uses it.
pub mod own_well_known {
    generated!("own_well_known/mod.rs");
}

/// The same on every side of methods.
pub mod own_in_methods {
    generated!("own_in_methods/mod.rs");
}

/// Operations that are not everybody's, which hold well-known types that are generated as well.
pub mod own_jobs {
    generated!("own_jobs/mod.rs");
}

/// Messages and services changed by settings of prost-build and tonic-prost-build.
pub mod hooks {
    generated!("hooks/tests.streaming.v1.rs");

    /// Takes the place of tonic's client, which the build script leaves out. Both together would not compile.
    pub mod talk_client {}
}

/// The layer for long-running operations beside what tonic-prost-build makes by itself.
pub mod beside {
    generated!("beside/tests.streaming.v1.rs");
    generated!("beside/tests.streaming.v1.lro.rs");
}

/// Generated from a descriptor set.
pub mod descriptor_set {
    generated!("descriptor_set/tests.streaming.v1.rs");
}

/// References between everything in three packages.
pub mod references {
    generated!("references/mod.rs");
}

/// References without servers, and with the whole names of enum values.
pub mod references_client {
    generated!("references_client/tests.references.v1.rs");
}

/// References without clients.
pub mod references_server {
    generated!("references_server/tests.references.v1.rs");
}

/// References with neither clients nor servers.
pub mod references_neither {
    generated!("references_neither/tests.references.v1.rs");
}

/// References where one of the messages is generated elsewhere.
pub mod references_extern {
    generated!("references_extern/tests.references.v1.rs");
}

/// References where tonic's clients are left out by its own settings.
pub mod references_hooks {
    generated!("references_hooks/tests.references.v1.rs");
}

/// References in the layer alone.
#[expect(missing_docs, reason = "the messages beside the layer have no comments")]
pub mod references_beside {
    generated!("references_beside/tests.references.v1.rs");
    generated!("references_beside/tests.references.v1.lro.rs");
}

/// The examples of the guide to tests, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../crates/lro/src/server/testing/guide.md")]
#[derive(Debug)]
pub struct TestingGuide;

/// The examples of the guide to scripted servers, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../crates/lro/src/server/testing/script/guide.md")]
#[derive(Debug)]
pub struct ScriptGuide;
