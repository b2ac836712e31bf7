//! What a build script says.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lro_codegen::{Emit, Level, OperationMapping, Visibility};

use crate::compile::Job;
use crate::error::Error;

/// Starts a configuration with the defaults: clients and servers, messages and the layer for long-running operations.
pub fn configure() -> Builder {
    Builder { job: Job::default() }
}

/// What to compile and how. Made by [`configure`].
///
/// Where a method takes a `path`, that is the full name of an element of the protos with a dot before it, such as `.example.library.v1.Book.title`.
/// It stands for what is below it too: `.example` for a package and all its messages, `.` for everything.
#[derive(Debug, Clone)]
#[must_use = "nothing is compiled before `compile` is called"]
pub struct Builder {
    job: Job,
}

impl Builder {
    /// Which layers of code to write; all of them unless set.
    ///
    /// With [`Emit::Lro`] the layer goes to `{package}.lro.rs`, to be included in the module of the package beside what
    /// prost-build or tonic-prost-build wrote to `{package}.rs`. A file from [`Builder::include_file`] includes both.
    pub fn emit(mut self, emit: Emit) -> Self {
        self.job.config.emit = emit;
        self
    }

    /// Whether to write clients; yes unless set.
    pub fn client(mut self, on: bool) -> Self {
        self.job.config.client = on;
        self
    }

    /// Whether to write servers; yes unless set.
    pub fn server(mut self, on: bool) -> Self {
        self.job.config.server = on;
        self
    }

    /// The Cargo feature of the crate that is built which clients are compiled with, tonic's included; without it they are always compiled.
    ///
    /// Let it turn on the feature `client` of the runtime crate: `client = ["lro/client"]`.
    pub fn client_feature(mut self, name: impl Into<String>) -> Self {
        self.job.config.client_feature = Some(name.into());
        self
    }

    /// The Cargo feature of the crate that is built which servers are compiled with, tonic's included; without it they are always compiled.
    ///
    /// Let it turn on the feature `server` of the runtime crate: `server = ["lro/server"]`.
    pub fn server_feature(mut self, name: impl Into<String>) -> Self {
        self.job.config.server_feature = Some(name.into());
        self
    }

    /// The path of the runtime crate, `::lro` unless set, for a crate that exports it again: `::my_facade::lro`, or `crate::lro`.
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.job.config.runtime = path.into();
        self
    }

    /// Who can see the layer for long-running operations, and the modules of [`Builder::include_file`]; everybody unless set.
    /// Messages and tonic's services are `pub` in any case.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.job.config.visibility = visibility;
        self
    }

    /// The name of the file for protos without a package, without its extension; `_` unless set.
    pub fn default_package_filename(mut self, name: impl Into<String>) -> Self {
        self.job.config.default_package_filename = Some(name.into());
        self
    }

    /// Whether each package gets a constant `FILE_DESCRIPTOR_SET`, with the descriptors of its files: custom options included, comments not.
    ///
    /// For server reflection, beside `lro::google::FILE_DESCRIPTOR_SET`, which has what these files import of google.
    /// For one set of everything in a file, there is [`Builder::file_descriptor_set_path`].
    pub fn file_descriptor_set(mut self, on: bool) -> Self {
        self.job.config.file_descriptor_set = on;
        self
    }

    /// Whether servers get the descriptors of responses and metadata, so that filters of `ListOperations` can name their fields; yes unless
    /// set to false.
    pub fn filter_descriptors(mut self, on: bool) -> Self {
        self.job.config.filter_descriptors = on;
        self
    }

    /// Whether clients send the header `x-goog-request-params`, as `google.api.routing` and `google.api.http` ask for
    /// ([AIP-4222](https://google.aip.dev/client-libraries/4222)); no unless set.
    pub fn routing_headers(mut self, on: bool) -> Self {
        self.job.config.routing_headers = on;
        self
    }

    /// The folder to write to; `OUT_DIR` unless set.
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.job.out_dir = Some(path.into());
        self
    }

    /// Also writes a file of this name, which declares the module tree and includes the file of each package.
    ///
    /// Packages that name types of each other need it, unless modules are written by hand as the packages lie within each other. With
    /// `include_file("mod.rs")`, a crate has all packages by `lro::include_proto!("mod")`.
    pub fn include_file(mut self, name: impl Into<String>) -> Self {
        self.job.config.include_file = Some(name.into());
        self
    }

    /// Whether files lie side by side, as those of prost-build do, instead of in one folder per package segment; yes unless set.
    pub fn flat_output_dir(mut self, on: bool) -> Self {
        self.job.config.flat_output_dir = Some(on);
        self
    }

    /// Also writes the serialized `FileDescriptorSet` of the protos and all that they import, as server reflection wants it.
    pub fn file_descriptor_set_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.job.file_descriptor_set_path = Some(path.into());
        self
    }

    /// Uses a Rust path for a proto package or type instead of generating it: `.google.type` and `::google_types::r#type`, say.
    pub fn extern_path(mut self, proto_path: impl Into<String>, rust_path: impl Into<String>) -> Self {
        self.job.config.extern_paths.push((proto_path.into(), rust_path.into()));
        self
    }

    /// Reads how clients wait for operations, and how these are named, from a service yaml or a `*_gapic.yaml`. A setting of a service yaml
    /// wins over one of a gapic yaml; within a kind the file that was given first wins. A file can also be an operation mapping, which
    /// [`Builder::operation_mapping`] says with calls.
    ///
    /// From a gRPC service config (`*_grpc_service_config.json`) it reads how long the call that starts an operation may take (`timeout`), and
    /// after which codes and pauses it is made again (`retryPolicy`). The config with the most specific name counts, as in gRPC: that of the
    /// method, then that of its service, then that of all methods; of several files with one name, the first. Where a config has no
    /// `retryPolicy`, such calls are repeated as without a config. More than 5 attempts count as 5, and hedging is not done; warnings say so.
    ///
    /// A file whose name ends with `.json` is JSON, any other YAML; several files of all kinds can be given.
    ///
    /// The file is read when protos are compiled; a missing one is an error then ([`Error::is_io`]).
    pub fn service_config(mut self, path: impl Into<PathBuf>) -> Self {
        self.job.service_configs.push(path.into());
        self
    }

    /// Says what the operations of a method hold whose proto does not: the full name of the method, and the names of the response and of the
    /// metadata, in full or as they are within the method's package. What the proto says itself wins.
    pub fn operation_info(
        mut self,
        method: impl Into<String>,
        response: impl Into<String>,
        metadata: impl Into<String>,
    ) -> Self {
        self.job.config.operation_infos.push((method.into(), response.into(), metadata.into()));
        self
    }

    /// Says how the operations of an API's own kind are read and asked for, where its methods return no `google.longrunning.Operation`.
    ///
    /// ```no_run
    /// use lro_build::{AnnotationMapping, ListMapping, OperationMapping, RpcMapping};
    ///
    /// # fn main() -> Result<(), lro_build::Error> {
    /// lro_build::configure()
    ///     .operation_mapping(
    ///         OperationMapping::new("acme.jobs.v1.Job")
    ///             .name_field("id")
    ///             .done_field("finished")
    ///             .error_field("trouble")
    ///             .annotation(AnnotationMapping::new("acme.jobs.v1.job").response_field("result").metadata_field("progress"))
    ///             .get(RpcMapping::new("acme.jobs.v1.Jobs.GetJob").name_field("job_id"))
    ///             .cancel(RpcMapping::new("acme.jobs.v1.Jobs.CancelJob").name_field("job_id"))
    ///             .list(ListMapping::new("acme.jobs.v1.Jobs.ListJobs").parent_field("project_id")),
    ///     )
    ///     .compile(&["proto/printer.proto"], &["proto"])
    /// # }
    /// ```
    ///
    /// The same can be written in a file for [`Builder::service_config`], with keys in place of calls. Of several mappings the first that is
    /// for a method counts, and these come before those of files.
    pub fn operation_mapping(mut self, mapping: OperationMapping) -> Self {
        self.job.config.operation_mappings.push(mapping);
        self
    }

    /// Leaves out the proto comments of an element and what it holds; `.` for all.
    pub fn disable_comments(mut self, path: impl Into<String>) -> Self {
        self.job.config.disable_comments.push(path.into());
        self
    }

    /// Says nothing about what a rule finds.
    ///
    /// A rule goes by its name, such as `core::0151::operation-info`; a group, such as `core::0151`, `core` or `lro`, stands for all its rules.
    /// Of several calls that concern one rule, the last one holds. [`RULES`](lro_codegen::RULES) lists the rules and the level each has by itself.
    ///
    /// A single element is exempted in its proto, with a comment as the API linter reads them:
    /// `// (-- api-linter: core::0151::operation-info=disabled --)`.
    pub fn allow(mut self, rule: impl Into<String>) -> Self {
        self.job.config.levels.push((rule.into(), Level::Allow));
        self
    }

    /// Warns about what a rule, or each rule of a group, finds. See [`Builder::allow`].
    pub fn warn(mut self, rule: impl Into<String>) -> Self {
        self.job.config.levels.push((rule.into(), Level::Warn));
        self
    }

    /// Treats what a rule, or each rule of a group, finds as an error. See [`Builder::allow`].
    pub fn deny(mut self, rule: impl Into<String>) -> Self {
        self.job.config.levels.push((rule.into(), Level::Deny));
        self
    }

    /// Adds an attribute to messages, enums and oneofs.
    pub fn type_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.type_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to messages.
    pub fn message_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.message_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to enums.
    pub fn enum_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.enum_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to fields.
    pub fn field_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.field_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Uses [`Bytes`](https://docs.rs/bytes) for bytes fields.
    pub fn bytes(mut self, path: impl Into<String>) -> Self {
        self.job.config.messages.bytes.push(path.into());
        self
    }

    /// Uses `BTreeMap` for map fields.
    pub fn btree_map(mut self, path: impl Into<String>) -> Self {
        self.job.config.messages.btree_map.push(path.into());
        self
    }

    /// Boxes a message field.
    pub fn boxed(mut self, path: impl Into<String>) -> Self {
        self.job.config.messages.boxed.push(path.into());
        self
    }

    /// Leaves out `Debug` for messages, which then have to have one of their own if others hold them.
    pub fn skip_debug(mut self, path: impl Into<String>) -> Self {
        self.job.config.messages.skip_debug.push(path.into());
        self
    }

    /// Adds an attribute to tonic's client structs.
    pub fn client_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.client_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to the modules of tonic's clients. For a Cargo feature, [`Builder::client_feature`] does so for typed clients too.
    pub fn client_mod_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.client_mod_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to tonic's server structs.
    pub fn server_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.server_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Adds an attribute to the modules of tonic's servers. For a Cargo feature, [`Builder::server_feature`] does so for typed servers too.
    pub fn server_mod_attribute(mut self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.job.config.messages.server_mod_attributes.push((path.into(), attribute.into()));
        self
    }

    /// Generates `google.protobuf` types instead of using those of `prost-types`.
    pub fn compile_well_known_types(mut self, on: bool) -> Self {
        self.job.config.messages.compile_well_known_types = on;
        self
    }

    /// Implements `prost::Name` for messages.
    pub fn enable_type_names(mut self, on: bool) -> Self {
        self.job.config.messages.enable_type_names = on;
        self
    }

    /// Keeps the enum's name at the start of its variants.
    pub fn retain_enum_prefix(mut self, on: bool) -> Self {
        self.job.config.messages.retain_enum_prefix = on;
        self
    }

    /// Works with at most this many threads; one per core unless set. Their number changes nothing but the time.
    pub fn threads(mut self, count: NonZeroUsize) -> Self {
        self.job.config.threads = Some(count);
        self
    }

    /// Every other setting of prost-build. Called last, once per package and from any thread; an `extern_path` set here is not seen by the layer for long-running
    /// operations, so set those with [`Builder::extern_path`].
    pub fn prost(mut self, change: impl Fn(&mut prost_build::Config) + Send + Sync + 'static) -> Self {
        self.job.config.messages.prost = Some(Arc::new(change));
        self
    }

    /// Every setting of tonic-prost-build that concerns what clients and servers look like.
    ///
    /// Not for services with long-running methods: `use_arc_self` and `generate_default_stubs`. They change the signatures of tonic's
    /// server trait, which the generated adapter implements as it is without them.
    pub fn tonic(
        mut self,
        change: impl Fn(tonic_prost_build::Builder) -> tonic_prost_build::Builder + Send + Sync + 'static,
    ) -> Self {
        self.job.config.messages.tonic = Some(Arc::new(change));
        self
    }

    /// Compiles protos and all they import, looking for imports in `includes` and then among the files that this crate brings along.
    ///
    /// In a build script it tells cargo to run the script again when any file that was read changes, and shows warnings as cargo's.
    /// Nothing is written unless everything compiles; a file whose content stays the same is left alone.
    ///
    /// # Errors
    ///
    /// A proto is missing or wrong, an annotation cannot be resolved, or a file cannot be written. The text of the error,
    /// which a `main` that returns it prints, names file, line and column and says what to do.
    pub fn compile<P: AsRef<Path>, I: AsRef<Path>>(&self, protos: &[P], includes: &[I]) -> Result<(), Error> {
        self.job.protos(protos, includes)
    }

    /// Generates code for a serialized `FileDescriptorSet`, as `protoc --include_imports --descriptor_set_out` and
    /// `buf build --as-file-descriptor-set` write it.
    ///
    /// Everything in the set that the runtime does not bring along is generated.
    ///
    /// What file the bytes are from only the caller knows, and cargo too has to: let the build script print
    /// `cargo::rerun-if-changed=` with its path.
    ///
    /// # Errors
    ///
    /// As [`Builder::compile`].
    pub fn compile_descriptor_set(&self, file_descriptor_set: &[u8]) -> Result<(), Error> {
        self.job.descriptor_set(file_descriptor_set)
    }
}
