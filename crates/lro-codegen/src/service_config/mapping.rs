//! Operation mappings (`type: lro.OperationMapping`): what says of an API's own operations how they are read and asked for, and of methods
//! what their operations hold.

use super::keys::{ANNOTATION, FIELDS, MAPPED_METHOD, MAPPING, OPERATION, RPC, WAIT_RPC};
use super::reader::{Entries, Reader};
use super::yaml::Node;
use super::{FileSettings, Setting};
use crate::diagnostics::Location;

/// How the operations of some services are read and asked for.
#[derive(Debug)]
pub(crate) struct OperationMapping {
    /// The message that methods return for an operation.
    pub(crate) message: Name,
    /// The services whose methods are meant; all of them if there are none.
    pub(crate) services: Vec<Name>,
    pub(crate) fields: FieldNames,
    pub(crate) annotation: Option<AnnotationNames>,
    pub(crate) rpcs: Vec<RpcNames>,
}

/// A name as a mapping writes it, and where.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) location: Location,
}

/// The fields of the message. One that is not given is called as in `google.longrunning.Operation`, if it is there.
#[derive(Debug, Default)]
pub(crate) struct FieldNames {
    pub(crate) name: Option<Name>,
    pub(crate) done: Option<Name>,
    pub(crate) metadata: Option<Name>,
    pub(crate) error: Option<Name>,
    pub(crate) response: Option<Name>,
}

/// The option of methods that says what their operations hold, and its fields.
#[derive(Debug)]
pub(crate) struct AnnotationNames {
    /// The full name of the extension of `google.protobuf.MethodOptions`.
    pub(crate) extension: Name,
    pub(crate) response: Option<Name>,
    pub(crate) metadata: Option<Name>,
}

/// What an RPC about operations does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RpcKind {
    Get,
    Wait,
    Cancel,
    Delete,
    Watch,
}

/// An RPC about operations.
#[derive(Debug)]
pub(crate) struct RpcNames {
    pub(crate) kind: RpcKind,
    /// The full name of the method.
    pub(crate) method: Name,
    /// The field of its request that holds the operation's name; `name` unless given.
    pub(crate) name: Option<Name>,
    /// The field of its request that holds the time to wait; `timeout` unless given.
    pub(crate) timeout: Option<Name>,
}

/// What operations of a method hold, where something else than its proto says so.
#[derive(Debug, Clone)]
pub(crate) struct OperationInfo {
    pub(crate) response: String,
    pub(crate) metadata: String,
}

const RPCS: &[(&str, RpcKind)] = &[
    ("get", RpcKind::Get),
    ("wait", RpcKind::Wait),
    ("cancel", RpcKind::Cancel),
    ("delete", RpcKind::Delete),
    ("watch", RpcKind::Watch),
];

/// Reads `operations` and `methods`.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> FileSettings {
    let entries = reader.mapping(root, "the file").unwrap_or_default();
    reader.refuse_misspelt(entries, "the file", MAPPING);
    let mut settings = FileSettings::new(reader.file());
    for item in reader.list(entries, "operations") {
        settings.operation_mappings.extend(operation(item, reader));
    }
    for item in reader.list(entries, "methods") {
        let Some(entries) = reader.mapping(item, "an item of methods") else { continue };
        reader.refuse_misspelt(entries, "an item of methods", MAPPED_METHOD);
        let selector = reader.name(entries, "selector", item).map(|(name, at)| (name.to_owned(), at));
        let response = optional(entries, "response_type", reader);
        let metadata = optional(entries, "metadata_type", reader);
        let Some((selector, location)) = selector else { continue };
        let text = |name: Option<Name>| name.map(|name| name.text).unwrap_or_default();
        let value = OperationInfo { response: text(response), metadata: text(metadata) };
        settings.operation_infos.push(Setting { selector, location, value });
    }
    reader.refuse_duplicates(&settings.operation_infos, "types of operations");
    settings
}

fn operation(item: &Node<'_>, reader: &mut Reader<'_>) -> Option<OperationMapping> {
    let entries = reader.mapping(item, "an item of operations")?;
    reader.refuse_misspelt(entries, "an item of operations", OPERATION);
    let message = required(entries, "message", item, reader);
    let services = reader.list(entries, "services").iter().filter_map(|item| {
        let text = reader.text(item, "an item of services")?.to_owned();
        Some(Name { text, location: reader.location(Some(item.place)) })
    });
    let services = services.collect();
    let fields = match reader.get(entries, "fields") {
        Some(node) => fields(node, reader)?,
        None => FieldNames::default(),
    };
    let annotation = match reader.get(entries, "annotation") {
        Some(node) => Some(annotation(node, reader)?),
        None => None,
    };
    let mut rpcs = Vec::new();
    for (key, kind) in RPCS {
        if let Some(node) = reader.get(entries, key) {
            rpcs.push(rpc(node, key, *kind, reader)?);
        }
    }
    Some(OperationMapping { message: message?, services, fields, annotation, rpcs })
}

fn fields(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<FieldNames> {
    let entries = reader.mapping(node, "fields")?;
    reader.refuse_misspelt(entries, "fields", FIELDS);
    let mut name = |key| optional(entries, key, reader);
    Some(FieldNames {
        name: name("name"),
        done: name("done"),
        metadata: name("metadata"),
        error: name("error"),
        response: name("response"),
    })
}

fn annotation(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<AnnotationNames> {
    let entries = reader.mapping(node, "annotation")?;
    reader.refuse_misspelt(entries, "annotation", ANNOTATION);
    let extension = required(entries, "extension", node, reader);
    let (response, metadata) = (optional(entries, "response", reader), optional(entries, "metadata", reader));
    Some(AnnotationNames { extension: extension?, response, metadata })
}

fn rpc(node: &Node<'_>, key: &str, kind: RpcKind, reader: &mut Reader<'_>) -> Option<RpcNames> {
    let entries = reader.mapping(node, key)?;
    reader.refuse_misspelt(entries, key, if kind == RpcKind::Wait { WAIT_RPC } else { RPC });
    let method = required(entries, "method", node, reader);
    let (name, timeout) = (optional(entries, "name", reader), optional(entries, "timeout", reader));
    Some(RpcNames { kind, method: method?, name, timeout })
}

fn required(entries: Entries<'_, '_>, key: &str, around: &Node<'_>, reader: &mut Reader<'_>) -> Option<Name> {
    let (text, location) = reader.name(entries, key, around)?;
    Some(Name { text: text.to_owned(), location })
}

fn optional(entries: Entries<'_, '_>, key: &str, reader: &mut Reader<'_>) -> Option<Name> {
    let node = reader.get(entries, key)?;
    let text = reader.text(node, key)?.to_owned();
    Some(Name { text, location: reader.location(Some(node.place)) })
}
