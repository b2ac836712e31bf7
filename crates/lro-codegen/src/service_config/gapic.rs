//! `*_gapic.yaml`, the configuration of Google's older generators (`com.google.api.codegen.ConfigProto`).

use super::keys::{GAPIC, GAPIC_INTERFACE, GAPIC_METHOD};
use super::polling::{self, Form, milliseconds};
use super::reader::Reader;
use super::yaml::Node;
use super::{FileSettings, Setting};

const FORM: Form = Form {
    initial_delay: "initial_poll_delay_millis",
    max_delay: "max_poll_delay_millis",
    total_timeout: "total_poll_timeout_millis",
    time: milliseconds,
    example: "a whole number of milliseconds, such as 30000",
};

/// Reads `interfaces[].methods[].long_running`.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> FileSettings {
    let mut polling = Vec::new();
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
            if let (Some((name, location)), Some(value)) = (name, polling::read(settings, &FORM, reader)) {
                polling.push(Setting { selector: format!("{service}.{name}"), location, value });
            }
        }
    }
    reader.refuse_duplicates(&polling, "long_running");
    FileSettings {
        file: reader.file(),
        polling,
        auto_populated_fields: Vec::new(),
        services: Vec::new(),
        operation_rules: Vec::new(),
        has_misspelt: reader.has_misspelt(),
    }
}
