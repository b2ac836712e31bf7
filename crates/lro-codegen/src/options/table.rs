//! The one table of options, which help texts and documents are made from.

use super::values::{count, name, operation_info, pair, path, rule, service_config, switch};
use crate::config::{Config, Emit, Visibility};
use crate::diagnostics::rules::Level;

/// An option of the plugin, and of lro-build.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct OptionSpec {
    /// Its name, as protoc-gen-prost and protoc-gen-tonic have it where they have one.
    pub name: &'static str,
    /// The method of `lro_build::Builder` that does the same, or the two that together do; empty where build scripts have no use for it.
    pub method: &'static str,
    /// The form of its value, such as `PATH=ATTRIBUTE`; empty for a switch.
    pub value: &'static str,
    /// What holds unless it is given; empty for nothing.
    pub default: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    pub(super) apply: fn(&mut Config, &str) -> Result<(), String>,
}

impl OptionSpec {
    /// How it is written: `name=VALUE`, or `name` for a switch.
    pub fn usage(&self) -> String {
        if self.value.is_empty() { self.name.to_owned() } else { format!("{}={}", self.name, self.value) }
    }
}

impl std::fmt::Debug for OptionSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OptionSpec")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("value", &self.value)
            .field("default", &self.default)
            .field("help", &self.help)
            .finish_non_exhaustive()
    }
}

/// Every option there is, in the order in which help texts list them.
///
#[doc = include_str!("../../OPTIONS.md")]
pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "emit",
        method: "emit(Emit)",
        value: "all|lro",
        default: "all",
        help: "write everything, messages and tonic included (all), or the LRO layer alone, beside protoc-gen-prost and protoc-gen-tonic (lro)",
        apply: |config, value| {
            config.emit = match value {
                "all" => Emit::All,
                "lro" => Emit::Lro,
                _ => return Err("is neither `all` nor `lro`".to_owned()),
            };
            Ok(())
        },
    },
    OptionSpec {
        name: "client",
        method: "client(bool)",
        value: "true|false",
        default: "true",
        help: "write clients",
        apply: |config, value| switch(value).map(|on| config.client = on),
    },
    OptionSpec {
        name: "server",
        method: "server(bool)",
        value: "true|false",
        default: "true",
        help: "write servers",
        apply: |config, value| switch(value).map(|on| config.server = on),
    },
    OptionSpec {
        name: "client_feature",
        method: "client_feature(name)",
        value: "NAME",
        default: "",
        help: "compile clients, tonic's included, with the Cargo feature NAME only",
        apply: |config, value| name(value).map(|name| config.client_feature = Some(name)),
    },
    OptionSpec {
        name: "server_feature",
        method: "server_feature(name)",
        value: "NAME",
        default: "",
        help: "compile servers, tonic's included, with the Cargo feature NAME only",
        apply: |config, value| name(value).map(|name| config.server_feature = Some(name)),
    },
    OptionSpec {
        name: "runtime",
        method: "runtime(path)",
        value: "RUST",
        default: "::lro",
        help: "where the crate lro is, for a crate that exports it again: `::my_facade::lro`",
        apply: |config, value| name(value).map(|path| config.runtime = path),
    },
    OptionSpec {
        name: "visibility",
        method: "visibility(Visibility)",
        value: "pub|pub(crate)",
        default: "pub",
        help: "how visible the layer for long-running operations and the modules of include_file are; messages and tonic's services are `pub`",
        apply: |config, value| {
            config.visibility = match value {
                "pub" => Visibility::Public,
                "pub(crate)" => Visibility::Crate,
                _ => return Err("is neither `pub` nor `pub(crate)`".to_owned()),
            };
            Ok(())
        },
    },
    OptionSpec {
        name: "routing_headers",
        method: "routing_headers(bool)",
        value: "",
        default: "false",
        help: "let clients send the header x-goog-request-params, as google.api.routing and google.api.http say (AIP-4222)",
        apply: |config, value| switch(value).map(|on| config.routing_headers = on),
    },
    OptionSpec {
        name: "include_file",
        method: "include_file(name)",
        value: "FILE",
        default: "",
        help: "also write FILE, which declares the module tree and includes the file of each package",
        apply: |config, value| name(value).map(|name| config.include_file = Some(name)),
    },
    OptionSpec {
        name: "flat_output_dir",
        method: "flat_output_dir(bool)",
        value: "true|false",
        default: "true with emit=all and in build scripts, else false",
        help: "put files side by side, not in a folder per package segment",
        apply: |config, value| switch(value).map(|on| config.flat_output_dir = Some(on)),
    },
    OptionSpec {
        name: "default_package_filename",
        method: "default_package_filename(name)",
        value: "NAME",
        default: "_",
        help: "the name, without extension, of the file for protos that have no package",
        apply: |config, value| name(value).map(|name| config.default_package_filename = Some(name)),
    },
    OptionSpec {
        name: "no_include",
        method: "",
        value: "",
        default: "false",
        help: "with emit=lro: do not include PACKAGE.lro.rs from the file that protoc-gen-prost writes",
        apply: |config, value| switch(value).map(|on| config.no_include = on),
    },
    OptionSpec {
        name: "extern_path",
        method: "extern_path(proto, rust)",
        value: "PROTO=RUST",
        default: "",
        help: "use the Rust path for a proto package or type instead of generating it; repeatable",
        apply: |config, value| pair(value).map(|pair| config.extern_paths.push(pair)),
    },
    OptionSpec {
        name: "service_config",
        method: "service_config(path) or operation_mapping(OperationMapping)",
        value: "FILE",
        default: "",
        help: "read how clients wait for operations from a service yaml or a *_gapic.yaml, how they start them from a gRPC service config (JSON), or how an API's own operations are read from an operation mapping; repeatable, the first one wins",
        apply: service_config,
    },
    OptionSpec {
        name: "operation_info",
        method: "operation_info(method, response, metadata)",
        value: "METHOD=RESPONSE,METADATA",
        default: "",
        help: "say what the operations of a method hold whose proto does not: pkg.Service.Method=Response,Metadata; repeatable",
        apply: |config, value| operation_info(value).map(|info| config.operation_infos.push(info)),
    },
    OptionSpec {
        name: "disable_comments",
        method: "disable_comments(path)",
        value: "PATH",
        default: "",
        help: "leave out the proto comments of an element and what it holds; `.` for all; repeatable",
        apply: |config, value| path(value).map(|path| config.disable_comments.push(path)),
    },
    OptionSpec {
        name: "allow",
        method: "allow(rule)",
        value: "RULE",
        default: "",
        help: "say nothing about what a rule finds; RULE is a name such as core::0151::operation-info, or a group such as core::0151, core or lro; repeatable, the last one wins",
        apply: |config, value| rule(value).map(|rule| config.levels.push((rule, Level::Allow))),
    },
    OptionSpec {
        name: "warn",
        method: "warn(rule)",
        value: "RULE",
        default: "",
        help: "warn about what a rule finds; repeatable",
        apply: |config, value| rule(value).map(|rule| config.levels.push((rule, Level::Warn))),
    },
    OptionSpec {
        name: "deny",
        method: "deny(rule)",
        value: "RULE",
        default: "",
        help: "treat what a rule finds as an error; repeatable",
        apply: |config, value| rule(value).map(|rule| config.levels.push((rule, Level::Deny))),
    },
    OptionSpec {
        name: "type_attribute",
        method: "type_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to messages, enums and oneofs; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.type_attributes.push(pair)),
    },
    OptionSpec {
        name: "message_attribute",
        method: "message_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to messages; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.message_attributes.push(pair)),
    },
    OptionSpec {
        name: "enum_attribute",
        method: "enum_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to enums; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.enum_attributes.push(pair)),
    },
    OptionSpec {
        name: "field_attribute",
        method: "field_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to fields; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.field_attributes.push(pair)),
    },
    OptionSpec {
        name: "bytes",
        method: "bytes(path)",
        value: "PATH",
        default: "",
        help: "use `Bytes` for bytes fields; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.bytes.push(path)),
    },
    OptionSpec {
        name: "btree_map",
        method: "btree_map(path)",
        value: "PATH",
        default: "",
        help: "use `BTreeMap` for map fields; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.btree_map.push(path)),
    },
    OptionSpec {
        name: "boxed",
        method: "boxed(path)",
        value: "PATH",
        default: "",
        help: "box a message field; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.boxed.push(path)),
    },
    OptionSpec {
        name: "file_descriptor_set",
        method: "file_descriptor_set(bool)",
        value: "",
        default: "false",
        help: "give each package a constant FILE_DESCRIPTOR_SET with the descriptors of its files, custom options included, comments not; for server reflection, which wants `lro::google::FILE_DESCRIPTOR_SET` too",
        apply: |config, value| switch(value).map(|on| config.file_descriptor_set = on),
    },
    OptionSpec {
        name: "filter_descriptors",
        method: "filter_descriptors(bool)",
        value: "true|false",
        default: "true",
        help: "give servers the descriptors of responses and metadata, so that filters of ListOperations can name their fields; 5 KB for an average service, 31 KB for the largest of the public Google APIs",
        apply: |config, value| switch(value).map(|on| config.filter_descriptors = on),
    },
    OptionSpec {
        name: "skip_debug",
        method: "skip_debug(path)",
        value: "PATH",
        default: "",
        help: "do not implement Debug for messages, which then have to have one of their own if others hold them; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.skip_debug.push(path)),
    },
    OptionSpec {
        name: "client_attribute",
        method: "client_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to tonic's client structs; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.client_attributes.push(pair)),
    },
    OptionSpec {
        name: "client_mod_attribute",
        method: "client_mod_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to the modules of tonic's clients; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.client_mod_attributes.push(pair)),
    },
    OptionSpec {
        name: "server_attribute",
        method: "server_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to tonic's server structs; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.server_attributes.push(pair)),
    },
    OptionSpec {
        name: "server_mod_attribute",
        method: "server_mod_attribute(path, attribute)",
        value: "PATH=ATTRIBUTE",
        default: "",
        help: "add an attribute to the modules of tonic's servers; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.server_mod_attributes.push(pair)),
    },
    OptionSpec {
        name: "compile_well_known_types",
        method: "compile_well_known_types(bool)",
        value: "",
        default: "false",
        help: "use google.protobuf types that are generated, not those of prost-types; with protoc, pass the files of google/protobuf too",
        apply: |config, value| switch(value).map(|on| config.messages.compile_well_known_types = on),
    },
    OptionSpec {
        name: "enable_type_names",
        method: "enable_type_names(bool)",
        value: "",
        default: "false",
        help: "implement prost::Name for messages",
        apply: |config, value| switch(value).map(|on| config.messages.enable_type_names = on),
    },
    OptionSpec {
        name: "retain_enum_prefix",
        method: "retain_enum_prefix(bool)",
        value: "",
        default: "false",
        help: "keep the enum's name at the start of its variants",
        apply: |config, value| switch(value).map(|on| config.messages.retain_enum_prefix = on),
    },
    OptionSpec {
        name: "threads",
        method: "threads(NonZeroUsize)",
        value: "N",
        default: "one per core",
        help: "work with at most N threads; their number changes nothing but the time",
        apply: |config, value| count(value).map(|count| config.threads = Some(count)),
    },
];
