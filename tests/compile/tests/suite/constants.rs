//! Each constant has the types of its annotation, as Rust paths and as full proto names.

use std::time::Duration;

use compile_tests::hands::tests::left::v1::{Left, left, left_hand_lro, left_hand_server};
use compile_tests::hands::tests::right::v1::{Right, right, right_hand_lro};
use compile_tests::keywords::tests::r#type::r#async::{Match, Self_, r#match, type_lro};
use compile_tests::{
    beside, client_only, descriptor_set, library, no_package, own_well_known, server_only, several, shelf,
    waiting, well_known,
};
use lro::google::longrunning::Operation;
use lro::google::rpc::Status;
use lro::{Any, Method, Polling, RetryPolicy};
use prost_types::{Struct, Timestamp};
use tonic::Code;

/// The types of the constant are those that the caller names; its proto names are returned for comparison.
fn names<Req, Res, Meta>(method: Method<Req, Res, Meta>) -> [&'static str; 4] {
    [method.path(), method.request_type(), method.response_type(), method.metadata_type()]
}

#[test]
fn a_constant_has_the_messages_of_its_package() {
    let package = "example.library.v1";
    let expected = [
        format!("/{package}.LibraryService/ImportBooks"),
        format!("{package}.ImportBooksRequest"),
        format!("{package}.ImportBooksResponse"),
        format!("{package}.ImportBooksMetadata"),
    ];
    assert_eq!(
        names::<library::ImportBooksRequest, library::ImportBooksResponse, library::ImportBooksMetadata>(
            library::library_service_lro::IMPORT_BOOKS
        ),
        expected
    );
    assert_eq!(names(client_only::library_service_lro::IMPORT_BOOKS), expected);
    assert_eq!(names(server_only::library_service_lro::IMPORT_BOOKS), expected);
}

#[test]
fn a_constant_has_the_polling_settings_of_its_service_config() {
    let own = Polling::new()
        .with_initial_delay(Duration::from_secs(60))
        .with_multiplier(2.0)
        .with_max_delay(Duration::from_millis(250))
        .with_total_timeout(Duration::new(86_400, 1));
    assert_eq!(waiting::library_service_lro::IMPORT_BOOKS.polling(), own);
    assert_eq!(library::library_service_lro::IMPORT_BOOKS.polling(), Polling::new());
}

#[test]
fn a_constant_says_how_its_call_is_made_if_a_grpc_service_config_does() {
    let method = waiting::library_service_lro::IMPORT_BOOKS;
    let own = RetryPolicy::new()
        .with_codes(&[Code::Aborted, Code::ResourceExhausted, Code::Unavailable])
        .with_initial_backoff(Duration::from_millis(100))
        .with_backoff_multiplier(1.3)
        .with_max_backoff(Duration::from_secs(60))
        .with_max_attempts(4);
    assert_eq!((method.timeout(), method.retry()), (Some(Duration::from_millis(500)), own));
    let plain = library::library_service_lro::IMPORT_BOOKS;
    let default = RetryPolicy::new().with_codes(&[Code::Unavailable]);
    assert_eq!((plain.timeout(), plain.retry()), (None, default));
}

#[test]
fn messages_of_other_packages_and_nested_ones_are_found_from_both_sides() {
    assert_eq!(
        names::<right::Finger, Right, left::finger::Nail>(left_hand_lro::WAVE),
        [
            "/tests.left.v1.LeftHand/Wave",
            "tests.right.v1.Right.Finger",
            "tests.right.v1.Right",
            "tests.left.v1.Left.Finger.Nail"
        ]
    );
    assert_eq!(
        names::<Left, left::Finger, right::Finger>(right_hand_lro::WAVE),
        [
            "/tests.right.v1.RightHand/Wave",
            "tests.left.v1.Left",
            "tests.left.v1.Left.Finger",
            "tests.right.v1.Right.Finger"
        ]
    );
    assert_eq!(left_hand_server::SERVICE_NAME, left_hand_lro::WAVE.service());
}

#[test]
fn well_known_types_are_what_prost_makes_of_them() {
    use well_known::well_known_lro::{CHECK, DELETE, GUESS, WRAP};

    let empty = "google.protobuf.Empty";
    assert_eq!(names::<(), (), ()>(DELETE)[1..], [empty, empty, empty]);
    assert_eq!(
        names::<Any, Any, Struct>(GUESS)[1..],
        ["google.protobuf.Any", "google.protobuf.Any", "google.protobuf.Struct"]
    );
    assert_eq!(
        names::<String, Vec<u8>, Timestamp>(WRAP)[1..],
        ["google.protobuf.StringValue", "google.protobuf.BytesValue", "google.protobuf.Timestamp"]
    );
    assert_eq!(
        names::<Operation, Status, bool>(CHECK)[1..],
        ["google.longrunning.Operation", "google.rpc.Status", "google.protobuf.BoolValue"]
    );
}

#[test]
fn well_known_types_of_ones_own_are_used_where_they_are_generated() {
    use own_well_known::google::protobuf::Timestamp;
    use own_well_known::tests::options::v1::{Parcel, depot_lro};

    let parcel = Parcel { sent: Some(Timestamp { seconds: 1, nanos: 0 }), ..Parcel::default() };
    assert!(parcel.sent.is_some());
    assert_eq!(names::<Parcel, Parcel, Timestamp>(depot_lro::DELIVER)[3], "google.protobuf.Timestamp");
}

#[test]
fn without_a_package_names_have_no_dot() {
    assert_eq!(
        names::<no_package::Step, no_package::Step, no_package::Step>(no_package::nowhere_lro::GO),
        ["/Nowhere/Go", "Step", "Step", "Step"]
    );
}

#[test]
fn keywords_stay_as_they_are_on_the_wire() {
    assert_eq!(
        names::<Self_, Match, r#match::Fn>(type_lro::LOOP),
        [
            "/tests.type.async.type/loop",
            "tests.type.async.self",
            "tests.type.async.match",
            "tests.type.async.match.fn"
        ]
    );
    assert_eq!(names::<r#match::Fn, r#match::Fn, Self_>(type_lro::CRATE)[0], "/tests.type.async.type/Crate");
}

#[test]
fn services_of_one_package_have_methods_of_one_name() {
    use several::{Dough, Loaf};

    let paths = [
        names::<Dough, Loaf, Dough>(several::baker_lro::BAKE)[0],
        names::<Dough, Loaf, Loaf>(several::slow_baker_lro::BAKE)[0],
        names::<Dough, Dough, Dough>(several::miller_lro::MILL)[0],
    ];
    assert_eq!(
        paths,
        ["/tests.several.v1.Baker/Bake", "/tests.several.v1.SlowBaker/Bake", "/tests.several.v1.Miller/Mill"]
    );
}

#[test]
fn extern_paths_lead_to_the_types_of_another_module() {
    let books = shelf::Books { books: vec![library::Book::default()] };
    assert_eq!(books.books.len(), 1);
    assert_eq!(
        names::<shelf::Books, shelf::Books, library::ImportBooksMetadata>(shelf::shelf_lro::SORT)[3],
        "example.library.v1.ImportBooksMetadata"
    );
}

#[test]
fn the_layer_is_the_same_beside_tonic_and_from_a_descriptor_set() {
    let beside = names::<beside::Word, beside::Sound, beside::Word>(beside::talk_lro::WRITE);
    let from_set = names::<descriptor_set::Word, descriptor_set::Sound, descriptor_set::Word>(
        descriptor_set::talk_lro::WRITE,
    );
    assert_eq!(beside, from_set);
}
