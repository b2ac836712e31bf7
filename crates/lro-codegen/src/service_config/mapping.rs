//! Operation mappings (`type: lro.OperationMapping`): what says of an API's own operations how they are read and asked for, and of methods
//! what their operations hold.

use super::keys::{ANNOTATION, DONE, FIELDS, LIST_RPC, MAPPED_METHOD, MAPPING, OPERATION, RPC, WAIT_RPC};
use super::reader::{Entries, Reader};
use super::text::{Node, Value};
use super::{FileSettings, Setting};
use crate::operation_mapping::{
    AnnotationMapping, DoneNames, FieldNames, ListMapping, Name, OperationMapping, RpcKind, RpcMapping,
};

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
    let response_type = optional(entries, "response_type", reader);
    let metadata_type = optional(entries, "metadata_type", reader);
    let annotation = match reader.get(entries, "annotation") {
        Some(node) => Some(annotation(node, reader)?),
        None => None,
    };
    let mut rpcs = Vec::new();
    for (key, kind) in RPCS {
        if let Some(node) = reader.get(entries, key) {
            rpcs.push((*kind, rpc(node, key, *kind, reader)?));
        }
    }
    let list = match reader.get(entries, "list") {
        Some(node) => Some(list(node, reader)?),
        None => None,
    };
    let mapping = OperationMapping::of(message?);
    Some(OperationMapping {
        services,
        fields,
        response_type,
        metadata_type,
        annotation,
        rpcs,
        list,
        ..mapping
    })
}

fn fields(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<FieldNames> {
    let entries = reader.mapping(node, "fields")?;
    reader.refuse_misspelt(entries, "fields", FIELDS);
    let done = match reader.get(entries, "done") {
        Some(node) => Some(done(node, reader)?),
        None => None,
    };
    let mut name = |key| optional(entries, key, reader);
    let (metadata, error, response) = (name("metadata"), name("error"), name("response"));
    Some(FieldNames { name: name("name"), done, metadata, error, response })
}

/// The name of a field, or that of an enum with the values that count.
fn done(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<DoneNames> {
    let Value::Mapping(entries) = &node.value else {
        let text = reader.text(node, "done")?.to_owned();
        let field = Name { text, location: reader.location(Some(node.place)) };
        return Some(DoneNames { field, values: Vec::new() });
    };
    reader.refuse_misspelt(entries, "done", DONE);
    let field = required(entries, "field", node, reader);
    let values = reader.list(entries, "values").iter().filter_map(|item| {
        let text = reader.text(item, "an item of values")?.to_owned();
        Some(Name { text, location: reader.location(Some(item.place)) })
    });
    let values = values.collect();
    Some(DoneNames { field: field?, values })
}

fn annotation(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<AnnotationMapping> {
    let entries = reader.mapping(node, "annotation")?;
    reader.refuse_misspelt(entries, "annotation", ANNOTATION);
    let extension = required(entries, "extension", node, reader);
    let (response, metadata) = (optional(entries, "response", reader), optional(entries, "metadata", reader));
    Some(AnnotationMapping { extension: extension?, response, metadata })
}

fn rpc(node: &Node<'_>, key: &str, kind: RpcKind, reader: &mut Reader<'_>) -> Option<RpcMapping> {
    let entries = reader.mapping(node, key)?;
    reader.refuse_misspelt(entries, key, if kind == RpcKind::Wait { WAIT_RPC } else { RPC });
    let method = required(entries, "method", node, reader);
    let (name, timeout) = (optional(entries, "name", reader), optional(entries, "timeout", reader));
    Some(RpcMapping { method: method?, name, timeout })
}

fn list(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<ListMapping> {
    let entries = reader.mapping(node, "list")?;
    reader.refuse_misspelt(entries, "list", LIST_RPC);
    let method = required(entries, "method", node, reader);
    let mut name = |key| optional(entries, key, reader);
    Some(ListMapping {
        parent: name("parent"),
        filter: name("filter"),
        page_size: name("page_size"),
        page_token: name("page_token"),
        operations: name("operations"),
        next_page_token: name("next_page_token"),
        ..ListMapping::of(method?)
    })
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
