//! Prepares the comments of a file for prost and tonic, which print what stands for them.

use std::cell::OnceCell;

use prost_types::{DescriptorProto, FileDescriptorProto, ServiceDescriptorProto};

use crate::config::Config;
use crate::docs::{Links, Place, Stash, clean};
use crate::input::path;
use crate::model::join;

/// Makes every comment safe for rustdoc and puts it away.
pub(super) fn prepare(file: &mut FileDescriptorProto, config: &Config, links: &Links<'_>, stash: &Stash) {
    let FileDescriptorProto { package, service, message_type, source_code_info, .. } = file;
    let package = package.as_deref().unwrap_or_default();
    let name_at = |path: &[i32]| -> Option<String> {
        let [path::FILE_SERVICE, number, rest @ ..] = path else { return None };
        let service = service.get(usize::try_from(*number).ok()?)?;
        let full_name = join(package, service.name());
        match rest {
            [] => Some(full_name),
            [path::SERVICE_METHOD, number] => {
                Some(format!("{full_name}.{}", service.method.get(usize::try_from(*number).ok()?)?.name()))
            }
            _ => None,
        }
    };
    for location in source_code_info.iter_mut().flat_map(|info| &mut info.location) {
        // Comments that belong to no element, licences mostly, do not belong to the code either.
        location.leading_detached_comments.clear();
        let unwanted = name_at(&location.path).is_some_and(|name| !config.wants_comment(&name));
        let place = OnceCell::new();
        let resolve = |target: &str| {
            let place =
                place.get_or_init(|| place_of(package, message_type, service, &location.path)).as_ref()?;
            links.resolve(target, place)
        };
        let of_service = location.path.first() == Some(&path::FILE_SERVICE);
        for comment in [&mut location.leading_comments, &mut location.trailing_comments] {
            *comment = comment
                .take()
                .filter(|_| !unwanted)
                .map(|text| clean(&text, &resolve))
                .filter(|lines| !lines.is_empty())
                .map(|lines| stash.put(&lines));
        }
        // tonic prints leading comments only.
        if of_service && location.leading_comments.is_none() {
            location.leading_comments = location.trailing_comments.take();
        }
    }
}

/// Where the comment of an element is printed; nowhere in particular, if it is printed at several places.
fn place_of<'a>(
    package: &'a str,
    messages: &'a [DescriptorProto],
    services: &[ServiceDescriptorProto],
    path: &[i32],
) -> Option<Place<'a>> {
    let mut place = Place { package, messages: Vec::new(), depth: 0, scope: package.to_owned() };
    let index = |number: &i32| usize::try_from(*number).ok();
    match path {
        [path::FILE_SERVICE, service, ..] => {
            // tonic's client and server are modules of their own.
            place.depth = 1;
            place.scope = join(package, services.get(index(service)?)?.name());
        }
        [path::FILE_MESSAGE, message, rest @ ..] => {
            let (mut message, mut rest) = (messages.get(index(message)?)?, rest);
            loop {
                place.scope = join(&place.scope, message.name());
                match rest {
                    [path::MESSAGE_NESTED, nested, deeper @ ..] => {
                        place.messages.push(message.name());
                        (message, rest) = (message.nested_type.get(index(nested)?)?, deeper);
                    }
                    [path::MESSAGE_ENUM, ..] => {
                        place.messages.push(message.name());
                        break;
                    }
                    [path::MESSAGE_FIELD, number, ..] => {
                        let field = message.field.get(index(number)?)?;
                        // The variants of a oneof lie in the module of the message, fields beside it.
                        if field.oneof_index.is_some() && !field.proto3_optional() {
                            place.messages.push(message.name());
                        }
                        break;
                    }
                    // A oneof's comment is printed on its field and on its enum, in different modules.
                    [path::MESSAGE_ONEOF, ..] => return None,
                    _ => break,
                }
            }
        }
        _ => {}
    }
    Some(place)
}
