//! `*_gapic.yaml`, the configuration of Google's older generators (`com.google.api.codegen.ConfigProto`).

use super::keys::{GAPIC, GAPIC_INTERFACE, GAPIC_METHOD};
use super::polling::{self, Form, milliseconds};
use super::reader::Reader;
use super::text::{Node, Value};
use super::{FileSettings, OperationInfo, Setting};

const FORM: Form = Form {
    initial_delay: "initial_poll_delay_millis",
    max_delay: "max_poll_delay_millis",
    total_timeout: "total_poll_timeout_millis",
    time: milliseconds,
    example: "a whole number of milliseconds, such as 30000",
};

/// Reads `interfaces[].methods[].long_running`.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> FileSettings {
    let (mut polling, mut operation_infos) = (Vec::new(), Vec::new());
    let entries = reader.mapping(root, "the file").unwrap_or_default();
    reader.warn_of_misspelt(entries, "the file", GAPIC);
    for interface in reader.list(entries, "interfaces") {
        let Some(entries) = reader.mapping(interface, "an item of interfaces") else { continue };
        reader.warn_of_misspelt(entries, "an item of interfaces", GAPIC_INTERFACE);
        let Some((service, _)) = reader.name(entries, "name", interface) else { continue };
        for method in reader.list(entries, "methods") {
            let Some(fields) = reader.mapping(method, "an item of methods") else { continue };
            reader.warn_of_misspelt(fields, "an item of methods", GAPIC_METHOD);
            let Some(settings) = reader.get(fields, "long_running") else { continue };
            let name = reader.name(fields, "name", method);
            let value = polling::read(settings, &FORM, reader);
            let Some((name, location)) = name else { continue };
            let selector = format!("{service}.{name}");
            if let Some(info) = types(settings, reader) {
                operation_infos.push(Setting {
                    selector: selector.clone(),
                    location: location.clone(),
                    value: info,
                });
            }
            if let Some(value) = value {
                polling.push(Setting { selector, location, value });
            }
        }
    }
    reader.refuse_duplicates(&polling, "long_running");
    FileSettings {
        polling,
        operation_infos,
        has_misspelt: reader.has_misspelt(),
        ..FileSettings::new(reader.file())
    }
}

/// The types of operations under `long_running`, if they are there.
fn types(settings: &Node<'_>, reader: &mut Reader<'_>) -> Option<OperationInfo> {
    let Value::Mapping(entries) = &settings.value else { return None };
    let mut name = |key| reader.get(entries, key).and_then(|node| reader.text(node, key)).map(str::to_owned);
    let (response, metadata) = (name("return_type"), name("metadata_type"));
    (response.is_some() || metadata.is_some()).then(|| OperationInfo {
        response: response.unwrap_or_default(),
        metadata: metadata.unwrap_or_default(),
    })
}
