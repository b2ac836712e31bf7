//! Changes descriptors where prost-reflect would not take them as protoc does, to others that mean the same.

use std::collections::HashSet;

use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, OneofDescriptorProto,
    ServiceDescriptorProto, UninterpretedOption,
};

use super::names::{Names, Visible, join};

/// The descriptor of a file as prost-reflect has to have it. The file and its imports are in `names`.
pub(super) fn as_protoc(mut file: FileDescriptorProto, names: &Names) -> FileDescriptorProto {
    let visible = names.visible(file.name());
    // prost-reflect follows public imports for two files only.
    let mut unseen: Vec<&str> = visible.file_names().to_vec();
    unseen.retain(|name| *name != file.name() && file.dependency.iter().all(|import| import != name));
    unseen.sort_unstable();
    file.dependency.extend(unseen.into_iter().map(str::to_owned));

    let scope = file.package().to_owned();
    if let Some(set) = &mut file.options {
        options(&mut set.uninterpreted_option, &scope, &visible);
    }
    file.message_type.iter_mut().for_each(|item| message(item, &scope, &visible));
    file.enum_type.iter_mut().for_each(|item| enumeration(item, &scope, &visible));
    file.extension.iter_mut().for_each(|item| field(item, &scope, &visible));
    file.service.iter_mut().for_each(|item| service(item, &scope, &visible));
    file
}

fn message(item: &mut DescriptorProto, scope: &str, visible: &Visible<'_>) {
    let scope = join(scope, item.name());
    if let Some(set) = &mut item.options {
        options(&mut set.uninterpreted_option, &scope, visible);
    }
    for set in item.extension_range.iter_mut().filter_map(|range| range.options.as_mut()) {
        options(&mut set.uninterpreted_option, &scope, visible);
    }
    item.field.iter_mut().chain(&mut item.extension).for_each(|item| field(item, &scope, visible));
    for set in item.oneof_decl.iter_mut().filter_map(|oneof| oneof.options.as_mut()) {
        options(&mut set.uninterpreted_option, &scope, visible);
    }
    item.enum_type.iter_mut().for_each(|item| enumeration(item, &scope, visible));
    item.nested_type.iter_mut().for_each(|item| message(item, &scope, visible));
    rename_synthetic_oneofs(&item.field, &mut item.oneof_decl);
}

fn field(item: &mut FieldDescriptorProto, scope: &str, visible: &Visible<'_>) {
    correct(item.type_name.as_mut(), scope, visible);
    correct(item.extendee.as_mut(), scope, visible);
    if let Some(set) = &mut item.options {
        options(&mut set.uninterpreted_option, scope, visible);
    }
}

fn enumeration(item: &mut EnumDescriptorProto, scope: &str, visible: &Visible<'_>) {
    if let Some(set) = &mut item.options {
        options(&mut set.uninterpreted_option, scope, visible);
    }
    for set in item.value.iter_mut().filter_map(|value| value.options.as_mut()) {
        options(&mut set.uninterpreted_option, scope, visible);
    }
}

fn service(item: &mut ServiceDescriptorProto, scope: &str, visible: &Visible<'_>) {
    let scope = join(scope, item.name());
    if let Some(set) = &mut item.options {
        options(&mut set.uninterpreted_option, &scope, visible);
    }
    for method in &mut item.method {
        correct(method.input_type.as_mut(), &scope, visible);
        correct(method.output_type.as_mut(), &scope, visible);
        if let Some(set) = &mut method.options {
            options(&mut set.uninterpreted_option, &scope, visible);
        }
    }
}

/// The names of extensions in options.
fn options(options: &mut [UninterpretedOption], scope: &str, visible: &Visible<'_>) {
    for part in options.iter_mut().flat_map(|option| &mut option.name).filter(|part| part.is_extension) {
        correct(Some(&mut part.name_part), scope, visible);
    }
}

fn correct(name: Option<&mut String>, scope: &str, visible: &Visible<'_>) {
    if let Some(name) = name
        && let Some(full_name) = visible.correction(name, scope)
    {
        *name = full_name;
    }
}

/// The oneof of `optional oo` is called `_oo` unless something in the message is already; then `X_oo`, and so on.
fn rename_synthetic_oneofs(fields: &[FieldDescriptorProto], oneofs: &mut [OneofDescriptorProto]) {
    let position =
        |field: &FieldDescriptorProto| field.oneof_index.and_then(|index| usize::try_from(index).ok());
    let synthetic: Vec<usize> =
        fields.iter().filter(|field| field.proto3_optional()).filter_map(position).collect();
    let mut taken: HashSet<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let real = oneofs.iter().enumerate().filter(|(index, _)| !synthetic.contains(index));
    taken.extend(real.map(|(_, oneof)| oneof.name().to_owned()));
    for index in synthetic {
        let Some(name) = oneofs.get_mut(index).and_then(|oneof| oneof.name.as_mut()) else { continue };
        while !taken.insert(name.clone()) {
            name.insert(0, 'X');
        }
    }
}
