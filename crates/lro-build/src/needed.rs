//! Which files of a descriptor set code is generated for.

use std::collections::{BTreeSet, HashMap};

use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use crate::bundle::Bundle;
use crate::error::Error;

/// The folder of the well-known types.
const WELL_KNOWN: &str = "google/protobuf/";

/// The user's own files, and of those that this crate brings along the ones whose types the user's messages and methods name.
///
/// `own_well_known` says that the user wants `google.protobuf` generated too, instead of the types of prost-types.
pub(crate) fn files(
    set: &FileDescriptorSet,
    named: &BTreeSet<String>,
    own_well_known: bool,
) -> Result<BTreeSet<String>, Error> {
    let mut defined_in = HashMap::new();
    for file in &set.file {
        let scope = if file.package().is_empty() { String::new() } else { format!(".{}", file.package()) };
        for message in &file.message_type {
            define(message, &scope, file.name(), &mut defined_in);
        }
        for enumeration in &file.enum_type {
            defined_in.insert(format!("{scope}.{}", enumeration.name()), file.name());
        }
    }
    let by_name: HashMap<&str, _> = set.file.iter().map(|file| (file.name(), file)).collect();

    let mut needed = BTreeSet::new();
    let mut open = Vec::new();
    let bundle = Bundle::read()?;
    for name in set.file.iter().map(FileDescriptorProto::name) {
        let wanted = if name.starts_with(WELL_KNOWN) {
            // Every file that has an annotation imports descriptors, and hardly any has one as a field.
            own_well_known && name != "google/protobuf/descriptor.proto"
        } else {
            bundle.file(name).is_none()
        };
        if wanted || named.contains(name) {
            open.push(name);
        }
    }
    while let Some(name) = open.pop() {
        if !needed.insert(name.to_owned()) {
            continue;
        }
        let mut used = Vec::new();
        if let Some(file) = by_name.get(name) {
            file.message_type.iter().for_each(|message| field_types(message, &mut used));
            let methods = file.service.iter().flat_map(|service| &service.method);
            used.extend(methods.flat_map(|method| [method.input_type(), method.output_type()]));
        }
        let files = used.iter().filter_map(|type_name| defined_in.get(*type_name).copied());
        open.extend(
            files.filter(|file| {
                !(runtime_provides(file) || (!own_well_known && file.starts_with(WELL_KNOWN)))
            }),
        );
    }
    Ok(needed)
}

/// Files whose types the runtime crate has.
fn runtime_provides(file: &str) -> bool {
    ["google/longrunning/", "google/rpc/context/"].iter().any(|folder| file.starts_with(folder))
        || [
            "google/rpc/code.proto",
            "google/rpc/error_details.proto",
            "google/rpc/http.proto",
            "google/rpc/status.proto",
        ]
        .contains(&file)
}

fn define<'a>(
    message: &DescriptorProto,
    scope: &str,
    file: &'a str,
    defined_in: &mut HashMap<String, &'a str>,
) {
    let full_name = format!("{scope}.{}", message.name());
    for nested in &message.nested_type {
        define(nested, &full_name, file, defined_in);
    }
    for enumeration in &message.enum_type {
        defined_in.insert(format!("{full_name}.{}", enumeration.name()), file);
    }
    defined_in.insert(full_name, file);
}

fn field_types<'a>(message: &'a DescriptorProto, used: &mut Vec<&'a str>) {
    used.extend(message.field.iter().filter_map(|field| field.type_name.as_deref()));
    for nested in &message.nested_type {
        field_types(nested, used);
    }
}
