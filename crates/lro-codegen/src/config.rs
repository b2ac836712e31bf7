//! What to generate and how.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::diagnostics::rules::Level;
use crate::operation_mapping::OperationMapping;
use crate::service_config::{FileReader, ServiceConfig};
use crate::stage::{Stage, StageHook};

/// Where the runtime crate is unless the option `runtime` says otherwise.
pub(crate) const RUNTIME: &str = "::lro";

/// Which layers of code to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Emit {
    /// Messages, tonic's clients and servers, and the typed layer for long-running operations: one file per package.
    #[default]
    All,
    /// The typed layer alone, beside the output of protoc-gen-prost and protoc-gen-tonic: `{package}.lro.rs`.
    Lro,
}

/// Who can see the modules and items of the layer for long-running operations.
///
/// Messages and tonic's services are `pub` in any case; prost and tonic know nothing else. The modules of
/// [`Config::include_file`] are as visible as the layer, and with them all that they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Visibility {
    /// `pub`: everybody.
    #[default]
    Public,
    /// `pub(crate)`: the crate that the code is part of.
    Crate,
}

/// What to generate and how. The default is what both front doors start from.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is on or off by itself")]
pub struct Config {
    /// Which layers of code to write.
    pub emit: Emit,
    /// Whether to write typed clients, and tonic's.
    pub client: bool,
    /// Whether to write server traits and adapters, and tonic's servers.
    pub server: bool,
    /// The Cargo feature of the user's crate that clients are compiled with, typed ones and tonic's; always unless set.
    pub client_feature: Option<String>,
    /// The Cargo feature of the user's crate that servers are compiled with.
    pub server_feature: Option<String>,
    /// Who can see what the layer defines.
    pub visibility: Visibility,
    /// The path of the runtime crate, from the root of a crate: `::lro`, or where a crate of the user's exports it again.
    pub runtime: String,
    /// Whether each package gets a constant `FILE_DESCRIPTOR_SET`, with the descriptors of its files; read with [`Emit::All`] only.
    pub file_descriptor_set: bool,
    /// Whether servers know which fields responses and metadata have, so that filters of lists can name them.
    pub filter_descriptors: bool,
    /// The name of the file for protos without a package, without `.rs`; `_` unless set.
    pub default_package_filename: Option<String>,
    /// Whether clients send routing headers, as `google.api.routing` and `google.api.http` ask for (AIP-4222).
    pub routing_headers: bool,
    /// A file that declares the module tree and includes the file of each package.
    pub include_file: Option<String>,
    /// Whether files lie side by side in the output folder, instead of in one folder per package segment.
    /// Unless set, as the tools do whose place is taken: yes with [`Emit::All`] (prost-build), no with [`Emit::Lro`] (protoc-gen-prost).
    pub flat_output_dir: Option<bool>,
    /// With [`Emit::Lro`]: leave the include of `{package}.lro.rs` out of the file that protoc-gen-prost writes.
    pub no_include: bool,
    /// Rust paths of proto packages or types that are generated elsewhere, each proto path with a leading dot.
    /// They win over the types of the runtime crate in `google.rpc`; those in `google.longrunning` cannot be replaced.
    pub extern_paths: Vec<(String, String)>,
    /// Paths of elements whose proto comments are left out. With a leading dot one is a full name, and covers what the element holds;
    /// without, it is the end of one. `.` leaves out all.
    pub disable_comments: Vec<String>,
    /// Levels of rules. Each entry names a rule, such as `core::0151::operation-info`, or a group, such as `core::0151`, `core` or `lro`;
    /// later ones win. [`RULES`](crate::RULES) has the rules and their levels without an entry.
    pub levels: Vec<(String, Level)>,
    /// How many threads work at once; one per core unless set. Their number changes nothing but the time.
    pub threads: Option<NonZeroUsize>,
    /// Files that say how clients start operations and wait for them, and what these are called.
    /// A setting of a service yaml wins over one of a `*_gapic.yaml`; within a kind the first file wins. In gRPC service configs the most
    /// specific name wins, then the first file.
    pub service_configs: Vec<ServiceConfig>,
    /// What the operations of methods hold whose protos do not say so: the full name of the method, and the names of the response and of the
    /// metadata as `operation_info` would have them. What a proto says itself wins.
    pub operation_infos: Vec<(String, String, String)>,
    /// How the operations of an API's own kind are read and asked for; the first that is for a method counts, before those of
    /// [`Config::service_configs`].
    pub operation_mappings: Vec<OperationMapping>,
    /// Gets the files that the request's option `service_config` names; without it the option is refused.
    pub read_file: Option<FileReader>,
    /// Hears what each thread is at, for those who measure.
    pub on_stage: Option<StageHook>,
    /// How prost-build writes messages; read with [`Emit::All`] only, but for `compile_well_known_types`.
    pub messages: MessageConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            emit: Emit::All,
            client: true,
            server: true,
            client_feature: None,
            server_feature: None,
            visibility: Visibility::Public,
            runtime: RUNTIME.to_owned(),
            file_descriptor_set: false,
            filter_descriptors: true,
            default_package_filename: None,
            routing_headers: false,
            include_file: None,
            flat_output_dir: None,
            no_include: false,
            extern_paths: Vec::new(),
            disable_comments: Vec::new(),
            levels: Vec::new(),
            threads: None,
            service_configs: Vec::new(),
            operation_infos: Vec::new(),
            operation_mappings: Vec::new(),
            read_file: None,
            on_stage: None,
            messages: MessageConfig::default(),
        }
    }
}

impl Config {
    /// Says what this thread begins.
    pub(crate) fn begin(&self, stage: Stage) {
        if let Some(hook) = &self.on_stage {
            hook.begin(stage);
        }
    }

    /// Whether the comment of an element is wanted; `full_name` has no leading dot.
    pub(crate) fn wants_comment(&self, full_name: &str) -> bool {
        !self.disable_comments.iter().any(|path| covers(path, full_name))
    }
}

/// Whether a path matches an element, as prost-build matches them; `full_name` has no leading dot.
pub(crate) fn covers(path: &str, full_name: &str) -> bool {
    match path.strip_prefix('.') {
        Some("") => true,
        Some(path) => {
            full_name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        None => full_name.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    }
}

/// The settings of prost-build and tonic-prost-build, by their own names. Paths are matched as prost-build matches them.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct MessageConfig {
    /// Attributes for messages, enums and oneofs: path and attribute.
    pub type_attributes: Vec<(String, String)>,
    /// Attributes for messages.
    pub message_attributes: Vec<(String, String)>,
    /// Attributes for enums.
    pub enum_attributes: Vec<(String, String)>,
    /// Attributes for fields.
    pub field_attributes: Vec<(String, String)>,
    /// `bytes` fields that become `Bytes`.
    pub bytes: Vec<String>,
    /// `map` fields that become `BTreeMap`.
    pub btree_map: Vec<String>,
    /// Message fields that are boxed.
    pub boxed: Vec<String>,
    /// Messages that do not implement `Debug`.
    pub skip_debug: Vec<String>,
    /// Attributes for tonic's client structs.
    pub client_attributes: Vec<(String, String)>,
    /// Attributes for the modules of tonic's clients.
    pub client_mod_attributes: Vec<(String, String)>,
    /// Attributes for tonic's server structs.
    pub server_attributes: Vec<(String, String)>,
    /// Attributes for the modules of tonic's servers.
    pub server_mod_attributes: Vec<(String, String)>,
    /// Generate `google.protobuf` types instead of using those of `prost-types`.
    pub compile_well_known_types: bool,
    /// Implement `prost::Name`.
    pub enable_type_names: bool,
    /// Keep the enum's name at the start of its variants.
    pub retain_enum_prefix: bool,
    /// Called last, with all of the above in place: every other setting of prost-build. Called once per package, on any thread.
    pub prost: Option<ProstHook>,
    /// Every setting of tonic-prost-build that concerns clients and servers. Called on any thread, as often as there are packages or more.
    pub tonic: Option<TonicHook>,
}

/// Changes the settings of prost-build.
pub type ProstHook = Arc<dyn Fn(&mut prost_build::Config) + Send + Sync>;

/// Changes the settings of tonic-prost-build.
pub type TonicHook = Arc<dyn Fn(tonic_prost_build::Builder) -> tonic_prost_build::Builder + Send + Sync>;

impl fmt::Debug for MessageConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageConfig")
            .field("type_attributes", &self.type_attributes)
            .field("message_attributes", &self.message_attributes)
            .field("enum_attributes", &self.enum_attributes)
            .field("field_attributes", &self.field_attributes)
            .field("bytes", &self.bytes)
            .field("btree_map", &self.btree_map)
            .field("boxed", &self.boxed)
            .field("skip_debug", &self.skip_debug)
            .field("client_attributes", &self.client_attributes)
            .field("client_mod_attributes", &self.client_mod_attributes)
            .field("server_attributes", &self.server_attributes)
            .field("server_mod_attributes", &self.server_mod_attributes)
            .field("compile_well_known_types", &self.compile_well_known_types)
            .field("enable_type_names", &self.enable_type_names)
            .field("retain_enum_prefix", &self.retain_enum_prefix)
            .field("prost", &self.prost.is_some())
            .field("tonic", &self.tonic.is_some())
            .finish()
    }
}
