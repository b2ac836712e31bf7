//! Service yamls (`google.api.Service`).

use super::keys::{API, METHOD_SETTINGS, PUBLISHING, SERVICE};
use super::polling::{self, Form, seconds};
use super::reader::{Entries, Reader};
use super::text::Node;
use super::{AutoPopulatedField, FileSettings, Setting, operations};

const FORM: Form = Form {
    initial_delay: "initial_poll_delay",
    max_delay: "max_poll_delay",
    total_timeout: "total_poll_timeout",
    time: seconds,
    example: "seconds with an `s`, such as 30s or 1.5s",
};

/// Reads `publishing.method_settings`, the HTTP rules of `google.longrunning.Operations`, and what services the file is about.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> FileSettings {
    let entries = reader.mapping(root, "the file").unwrap_or_default();
    reader.warn_of_misspelt(entries, "the file", SERVICE);
    let mut settings = FileSettings {
        services: services(entries, reader),
        operation_rules: operations::read(entries, reader),
        ..FileSettings::new(reader.file())
    };
    if let Some(publishing) = reader.get(entries, "publishing") {
        let publishing = reader.mapping(publishing, "publishing").unwrap_or_default();
        reader.warn_of_misspelt(publishing, "publishing", PUBLISHING);
        for item in reader.list(publishing, "method_settings") {
            method_settings(item, &mut settings, reader);
        }
    }
    reader.refuse_duplicates(&settings.polling, "long_running");
    reader.refuse_duplicates(&settings.auto_populated_fields, "auto_populated_fields");
    settings.has_misspelt = reader.has_misspelt();
    settings
}

fn method_settings(item: &Node<'_>, settings: &mut FileSettings, reader: &mut Reader<'_>) {
    let Some(entries) = reader.mapping(item, "an item of method_settings") else { return };
    reader.warn_of_misspelt(entries, "an item of method_settings", METHOD_SETTINGS);
    let Some((selector, location)) = reader.name(entries, "selector", item) else { return };
    if let Some(node) = reader.get(entries, "long_running")
        && let Some(value) = polling::read(node, &FORM, reader)
    {
        settings.polling.push(Setting { selector: selector.to_owned(), location: location.clone(), value });
    }
    if let Some(node) = reader.get(entries, "auto_populated_fields")
        && let Some(items) = reader.items(node, "auto_populated_fields")
    {
        let value = items
            .iter()
            .filter_map(|item| {
                let name = reader.text(item, "an item of auto_populated_fields")?.to_owned();
                Some(AutoPopulatedField { name, location: reader.location(Some(item.place)) })
            })
            .collect();
        settings.auto_populated_fields.push(Setting { selector: selector.to_owned(), location, value });
    }
}

/// `apis[].name`. Nothing but a comparison is done with these names, so a strange one does no harm.
fn services(entries: Entries<'_, '_>, reader: &mut Reader<'_>) -> Vec<String> {
    let apis = reader.list(entries, "apis");
    let mut names = Vec::new();
    for api in apis {
        let Some(fields) = reader.mapping(api, "an item of apis") else { continue };
        reader.warn_of_misspelt(fields, "an item of apis", API);
        let name = reader.get(fields, "name").and_then(|name| reader.text(name, "name"));
        names.extend(name.map(str::to_owned));
    }
    names
}
