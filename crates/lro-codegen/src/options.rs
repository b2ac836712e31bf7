//! The option string of protoc and buf, and the one table of options behind it.

use crate::config::{Config, Emit};
use crate::diagnostics::{Diagnostic, Report, Rule};

/// An option of the plugin. lro-build has a method of the same name for each.
#[derive(Clone, Copy)]
pub struct OptionSpec {
    /// Its name, as protoc-gen-prost has it where it has one.
    pub name: &'static str,
    /// The form of its value, such as `PATH=ATTRIBUTE`; empty for a switch.
    pub value: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    apply: fn(&mut Config, &str) -> Result<(), String>,
}

impl std::fmt::Debug for OptionSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OptionSpec")
            .field("name", &self.name)
            .field("value", &self.value)
            .field("help", &self.help)
            .finish_non_exhaustive()
    }
}

/// Every option there is, in the order in which help texts list them.
pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "emit",
        value: "all|lro",
        help: "write everything, messages and tonic included (all, the default), or the LRO layer alone, beside protoc-gen-prost and protoc-gen-tonic (lro)",
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
        value: "true|false",
        help: "write clients (default true)",
        apply: |config, value| switch(value).map(|on| config.client = on),
    },
    OptionSpec {
        name: "server",
        value: "true|false",
        help: "write servers (default true)",
        apply: |config, value| switch(value).map(|on| config.server = on),
    },
    OptionSpec {
        name: "include_file",
        value: "FILE",
        help: "also write FILE, which declares the module tree and includes the file of each package",
        apply: |config, value| {
            config.include_file = Some(value.to_owned());
            Ok(())
        },
    },
    OptionSpec {
        name: "flat_output_dir",
        value: "true|false",
        help: "put files side by side, not in a folder per package segment (default: true with emit=all, false with emit=lro)",
        apply: |config, value| switch(value).map(|on| config.flat_output_dir = Some(on)),
    },
    OptionSpec {
        name: "no_include",
        value: "",
        help: "with emit=lro: do not include PACKAGE.lro.rs from the file that protoc-gen-prost writes",
        apply: |config, value| switch(value).map(|on| config.no_include = on),
    },
    OptionSpec {
        name: "extern_path",
        value: "PROTO=RUST",
        help: "use the Rust path for a proto package or type instead of generating it; repeatable",
        apply: |config, value| pair(value).map(|pair| config.extern_paths.push(pair)),
    },
    OptionSpec {
        name: "disable_comments",
        value: "PATH",
        help: "leave out the proto comments of an element and what it holds; `.` for all; repeatable",
        apply: |config, value| path(value).map(|path| config.disable_comments.push(path)),
    },
    OptionSpec {
        name: "type_attribute",
        value: "PATH=ATTRIBUTE",
        help: "add an attribute to messages, enums and oneofs; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.type_attributes.push(pair)),
    },
    OptionSpec {
        name: "message_attribute",
        value: "PATH=ATTRIBUTE",
        help: "add an attribute to messages; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.message_attributes.push(pair)),
    },
    OptionSpec {
        name: "enum_attribute",
        value: "PATH=ATTRIBUTE",
        help: "add an attribute to enums; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.enum_attributes.push(pair)),
    },
    OptionSpec {
        name: "field_attribute",
        value: "PATH=ATTRIBUTE",
        help: "add an attribute to fields; repeatable",
        apply: |config, value| pair(value).map(|pair| config.messages.field_attributes.push(pair)),
    },
    OptionSpec {
        name: "bytes",
        value: "PATH",
        help: "use `Bytes` for bytes fields; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.bytes.push(path)),
    },
    OptionSpec {
        name: "btree_map",
        value: "PATH",
        help: "use `BTreeMap` for map fields; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.btree_map.push(path)),
    },
    OptionSpec {
        name: "boxed",
        value: "PATH",
        help: "box a message field; repeatable",
        apply: |config, value| path(value).map(|path| config.messages.boxed.push(path)),
    },
    OptionSpec {
        name: "compile_well_known_types",
        value: "",
        help: "generate google.protobuf types instead of using prost-types",
        apply: |config, value| switch(value).map(|on| config.messages.compile_well_known_types = on),
    },
    OptionSpec {
        name: "enable_type_names",
        value: "",
        help: "implement prost::Name for messages",
        apply: |config, value| switch(value).map(|on| config.messages.enable_type_names = on),
    },
    OptionSpec {
        name: "retain_enum_prefix",
        value: "",
        help: "keep the enum's name at the start of its variants",
        apply: |config, value| switch(value).map(|on| config.messages.retain_enum_prefix = on),
    },
];

/// Applies `a=1,b=2` to a configuration and reports each part that does not fit.
///
/// A backslash keeps a comma from ending the option, as in `type_attribute=.=#[derive(Eq\, Hash)]`.
pub(crate) fn apply(config: &mut Config, parameter: &str, report: &mut Report) {
    for option in split(parameter) {
        let (name, value) = option.split_once('=').unwrap_or((option.as_str(), ""));
        let Some(spec) = OPTIONS.iter().find(|spec| spec.name == name.trim()) else {
            report.push(unknown(name));
            continue;
        };
        let value = value.trim();
        if let Err(problem) = (spec.apply)(config, value) {
            let message = if value.is_empty() {
                format!("option {} needs a value", spec.name)
            } else {
                format!("option {}: `{value}` {problem}", spec.name)
            };
            report.push(Diagnostic::error(Rule::Option, message).help(format!(
                "{}: {}",
                usage(spec),
                spec.help
            )));
        }
    }
}

/// `name=VALUE`, as it is written.
fn usage(spec: &OptionSpec) -> String {
    if spec.value.is_empty() { spec.name.to_owned() } else { format!("{}={}", spec.name, spec.value) }
}

fn unknown(name: &str) -> Diagnostic {
    let names: Vec<&str> = OPTIONS.iter().map(|spec| spec.name).collect();
    let nearest =
        names.iter().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
    let hint = nearest
        .filter(|nearest| strsim::jaro_winkler(name, nearest) > 0.8)
        .map(|nearest| format!("did you mean {nearest}? "))
        .unwrap_or_default();
    Diagnostic::error(Rule::Option, format!("there is no option `{name}`"))
        .help(format!("{hint}The options are {}", names.join(", ")))
}

fn split(parameter: &str) -> Vec<String> {
    let mut options = vec![String::new()];
    let mut letters = parameter.chars();
    while let Some(letter) = letters.next() {
        let last = options.last_mut().expect("there is one option from the start, and none is ever removed");
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ (',' | '\\')) => last.push(escaped),
                Some(other) => last.extend(['\\', other]),
                None => last.push('\\'),
            },
            ',' => options.push(String::new()),
            _ => last.push(letter),
        }
    }
    options.retain(|option| !option.trim().is_empty());
    options
}

fn switch(value: &str) -> Result<bool, String> {
    match value {
        "" | "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither `true` nor `false`".to_owned()),
    }
}

fn path(value: &str) -> Result<String, String> {
    if value.is_empty() { Err("is not the path of a proto element".to_owned()) } else { Ok(value.to_owned()) }
}

fn pair(value: &str) -> Result<(String, String), String> {
    match value.split_once('=') {
        Some((path, rest)) if !path.is_empty() && !rest.is_empty() => Ok((path.to_owned(), rest.to_owned())),
        _ => Err("is not of the form PATH=VALUE".to_owned()),
    }
}
