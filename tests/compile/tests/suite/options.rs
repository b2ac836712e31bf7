//! Each option of the message generator shows in the messages.

use std::collections::BTreeMap;

use bytes::Bytes;
use compile_tests::options::{Parcel, Speed, Wrapping};
use compile_tests::{hooks, options};
use prost::{Message as _, Name as _};
use prost_types::FileDescriptorSet;

#[test]
fn bytes_and_btree_map_and_boxed_change_the_types_of_fields() {
    let content: Bytes = Parcel::default().content;
    let labels: BTreeMap<String, String> = Parcel::default().labels;
    let wrapping: Option<Box<Wrapping>> = Parcel::default().wrapping;
    assert!(content.is_empty() && labels.is_empty() && wrapping.is_none());
}

#[test]
fn enable_type_names_gives_messages_their_names() {
    assert_eq!(Parcel::full_name(), "tests.options.v1.Parcel");
    assert_eq!(Parcel::type_url(), "/tests.options.v1.Parcel");
}

#[test]
fn retain_enum_prefix_keeps_it() {
    assert_eq!(Speed::SpeedSlow.as_str_name(), "SPEED_SLOW");
}

#[test]
fn attributes_reach_messages() {
    // Only the attribute derives an order.
    assert!(Wrapping { color: "blue".to_owned() } < Wrapping { color: "red".to_owned() });
}

#[test]
fn the_layer_names_the_changed_messages() {
    let method: lro::Method<Parcel, Parcel, prost_types::Timestamp> = options::depot_lro::DELIVER;
    assert_eq!(method.request_type(), Parcel::full_name());
}

#[test]
fn settings_that_only_prost_build_has_are_within_reach() {
    assert_eq!(hooks::Word::type_url(), "types.example.com/tests.streaming.v1.Word");
}

#[test]
fn the_embedded_descriptors_keep_the_annotation() {
    let set = FileDescriptorSet::decode(options::FILE_DESCRIPTOR_SET).unwrap();
    assert_eq!(
        set.file.iter().map(prost_types::FileDescriptorProto::name).collect::<Vec<_>>(),
        ["options.proto"]
    );
    // prost-types drops options that it does not know, so the name in them is looked for among the bytes.
    let annotation = b"google.protobuf.Timestamp";
    let methods = set.file[0].service[0].encode_to_vec();
    assert!(!methods.windows(annotation.len()).any(|bytes| bytes == annotation));
    assert!(options::FILE_DESCRIPTOR_SET.windows(annotation.len()).any(|bytes| bytes == annotation));
}

#[test]
fn a_runtime_that_is_exported_again_is_the_same_runtime() {
    let _: lro::Method<_, _, _> = compile_tests::behind_facade::well_known_lro::GUESS;
    assert_eq!(compile_tests::HIDDEN_PATH, "/tests.options.v1.Depot/Deliver");
}
