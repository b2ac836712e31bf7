//! What only prost-build can refuse.

use prost::Message as _;
use prost_types::FileDescriptorProto;

use crate::support::{RawSet, check, check_refused, generate, library, proto, request_for, run};

fn as_edition(set: RawSet) -> Vec<u8> {
    set.amend_last(&FileDescriptorProto { syntax: Some("editions".to_owned()), ..Default::default() })
        .encode_to_vec()
}

#[test]
fn editions_are_read_for_the_layer_and_refused_for_messages() {
    let (name, _) = library();
    let set = as_edition(RawSet::of(&[library()]));
    check("editions_emit_all", &run(request_for(set.clone(), [name], "emit=all")));

    // Fields of an edition have presence, which the descriptors for filters tell.
    let options = "emit=lro,filter_descriptors=false";
    let plain = run(request_for(RawSet::of(&[library()]).encode_to_vec(), [name], options)).unwrap();
    assert_eq!(run(request_for(set.clone(), [name], options)).unwrap(), plain);
    let with_descriptors = run(request_for(set, [name], "emit=lro")).unwrap();
    // Each of them ends with `proto3_optional`.
    let has_presence = |file: &lro_codegen::File| file.content().contains("\\x88\\x01\\x01");
    assert!(with_descriptors.files().iter().any(has_presence));
}

#[test]
fn imported_editions_are_refused_for_messages_too() {
    let mut set =
        RawSet::decode(&as_edition(RawSet::of(&[proto("new.proto", "example.new", "message New {}")]))[..])
            .unwrap();
    let user = proto("user.proto", "example.user", "message User {}");
    set.file.push(RawSet::of(&[user]).file.pop().unwrap());
    check("editions_imported", &run(request_for(set.encode_to_vec(), ["user.proto"], "")));
}

#[test]
fn enum_variants_that_overlap_in_rust_are_refused() {
    let body = "enum Color { COLOR_RED = 0; RED = 1; }";
    check_refused("messages_overlapping_variants", &[proto("color.proto", "example", body)], "");
}

#[test]
fn names_of_nothing_but_underscores_are_refused() {
    let body = "message Item { oneof __ { string a = 2; } oneof b { string ____ = 3; } }\n\
                message Fine { string _1 = 1; enum Kind { KIND_ = 0; } }\n\
                enum _ { _____ = 0; }";
    check_refused("messages_underscores", &[proto("item.proto", "example", body)], "");
}

#[test]
fn attributes_that_are_not_rust_are_refused() {
    let body = "message Item {}";
    check_refused(
        "messages_bad_attribute",
        &[proto("item.proto", "example", body)],
        "type_attribute=.=#[derive(",
    );
}

#[test]
fn clippy_hears_nothing_of_modules_that_are_called_as_what_is_around_them() {
    let body = "message Book { enum Kind { KIND_UNKNOWN = 0; } }\n\
                message Shelf { message Row { message Row { enum End { END_LEFT = 0; } } } }\n\
                message Reader { enum Kind { KIND_UNKNOWN = 0; } message Card {} }";
    let output = generate(&[proto("book.proto", "example.book.v1", body)], "").unwrap();
    let file = syn::parse_file(output.files()[0].content()).unwrap();
    let modules = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some((
            module.ident.to_string(),
            module.attrs.iter().any(|attribute| attribute.path().is_ident("allow")),
        )),
        _ => None,
    });
    let expected = [("book", true), ("shelf", true), ("reader", false)];
    assert_eq!(modules.collect::<Vec<_>>(), expected.map(|(name, allowed)| (name.to_owned(), allowed)));
}
