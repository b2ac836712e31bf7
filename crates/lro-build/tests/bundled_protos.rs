//! The descriptor set that this crate bundles, against the public protos that it stands in for.
//!
//! The public files are not part of the project. `LRO_CORPUS` names a folder that holds them as `google/…`;
//! without it the comparison is skipped, unless `LRO_REQUIRE_TOOLS=1` makes a skip a failure.

use std::env;
use std::path::PathBuf;

use prost::Message;
use protox::Compiler;
use protox::file::{ChainFileResolver, DescriptorSetFileResolver, GoogleFileResolver};
use protox::prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use protox::prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage, Value};

const BUNDLE: &[u8] = include_bytes!("../src/google.binpb");

/// The public files that the bundle stands in for.
const FILES: [&str; 35] = [
    "google/api/annotations.proto",
    "google/api/client.proto",
    "google/api/error_reason.proto",
    "google/api/field_behavior.proto",
    "google/api/field_info.proto",
    "google/api/http.proto",
    "google/api/httpbody.proto",
    "google/api/launch_stage.proto",
    "google/api/resource.proto",
    "google/api/routing.proto",
    "google/api/visibility.proto",
    "google/longrunning/operations.proto",
    "google/rpc/code.proto",
    "google/rpc/context/attribute_context.proto",
    "google/rpc/context/audit_context.proto",
    "google/rpc/error_details.proto",
    "google/rpc/http.proto",
    "google/rpc/status.proto",
    "google/type/calendar_period.proto",
    "google/type/color.proto",
    "google/type/date.proto",
    "google/type/datetime.proto",
    "google/type/dayofweek.proto",
    "google/type/decimal.proto",
    "google/type/expr.proto",
    "google/type/fraction.proto",
    "google/type/interval.proto",
    "google/type/latlng.proto",
    "google/type/localized_text.proto",
    "google/type/money.proto",
    "google/type/month.proto",
    "google/type/phone_number.proto",
    "google/type/postal_address.proto",
    "google/type/quaternion.proto",
    "google/type/timeofday.proto",
];

#[test]
fn every_descriptor_equals_the_public_one() {
    let Some(corpus) = corpus() else { return };
    // A corpus may hold a part of the public files; those that API definitions import most are in each.
    let there: Vec<&str> = FILES.into_iter().filter(|name| corpus.join(name).is_file()).collect();
    for name in ["google/api/http.proto", "google/longrunning/operations.proto", "google/rpc/status.proto"] {
        assert!(there.contains(&name), "{name} is not in the corpus");
    }
    let mut compiler = Compiler::new([corpus]).unwrap();
    compiler.open_files(&there).unwrap();
    let (pool, public) = (compiler.descriptor_pool(), compiler.encode_file_descriptor_set());

    for name in there {
        assert_eq!(difference_in(name, &pool, &public), None);
    }
}

#[test]
fn the_bundle_is_complete_and_without_comments() {
    let set = FileDescriptorSet::decode(BUNDLE).unwrap();
    let mut names: Vec<_> = set.file.iter().map(FileDescriptorProto::name).collect();
    names.sort_unstable();

    assert_eq!(names, FILES);
    assert!(set.file.iter().all(|file| file.source_code_info.is_none()));
}

#[test]
fn extension_1049_of_method_options_is_operation_info() {
    let options = bundle_pool().get_message_by_name("google.protobuf.MethodOptions").unwrap();
    let extension = options.get_extension(1049).unwrap();

    assert_eq!(extension.full_name(), "google.longrunning.operation_info");
    assert_eq!(extension.kind().as_message().unwrap().full_name(), "google.longrunning.OperationInfo");
}

#[test]
fn a_changed_number_is_found() {
    let mut set = FileDescriptorSet::decode(BUNDLE).unwrap();
    let status = set.file.iter_mut().find(|file| file.name() == "google/rpc/status.proto").unwrap();
    status.message_type[0].field[1].number = Some(9);

    assert_eq!(
        difference_in("google/rpc/status.proto", &bundle_pool(), &set.encode_to_vec()).unwrap(),
        "google/rpc/status.proto: message_type[Status].field[message].number: ours I32(2), public I32(9)"
    );
}

#[test]
fn a_missing_element_is_found() {
    let mut set = FileDescriptorSet::decode(BUNDLE).unwrap();
    let code = set.file.iter_mut().find(|file| file.name() == "google/rpc/code.proto").unwrap();
    code.enum_type[0].value.pop();

    assert_eq!(
        difference_in("google/rpc/code.proto", &bundle_pool(), &set.encode_to_vec()).unwrap(),
        "google/rpc/code.proto: enum_type[Code].value[DATA_LOSS]: only in ours"
    );
}

#[test]
fn a_missing_extension_option_is_found() {
    // A decode with prost-types drops every option that is an extension.
    let without_extensions = FileDescriptorSet::decode(BUNDLE).unwrap().encode_to_vec();

    assert_eq!(
        difference_in("google/longrunning/operations.proto", &bundle_pool(), &without_extensions).unwrap(),
        "google/longrunning/operations.proto: message_type[ListOperationsResponse].field[unreachable].options\
         .[google.api.field_behavior]: only in ours"
    );
}

/// The folder with the public protos, or nothing if this run may do without.
fn corpus() -> Option<PathBuf> {
    let reason = match env::var_os("LRO_CORPUS").map(PathBuf::from) {
        Some(corpus) if corpus.join(FILES[0]).is_file() => return Some(corpus),
        Some(corpus) => format!("LRO_CORPUS is {}, where there is no {}", corpus.display(), FILES[0]),
        None => "LRO_CORPUS is not set".to_owned(),
    };
    test_tools::skip(&reason);
    None
}

/// The bundle as a build script uses it: together with the google.protobuf files that protox brings along.
fn bundle_pool() -> DescriptorPool {
    let mut resolver = ChainFileResolver::new();
    resolver.add(DescriptorSetFileResolver::decode(BUNDLE).unwrap());
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.open_files(FILES).unwrap();
    compiler.descriptor_pool()
}

/// Where the bundle's file and that of another set differ first. The pool says which extensions there are;
/// both sides are decoded with the same one, because messages of two pools are never equal.
fn difference_in(name: &str, pool: &DescriptorPool, public: &[u8]) -> Option<String> {
    let ours = file_named(name, pool, BUNDLE);
    let public = file_named(name, pool, public);
    message_difference("", &ours, &public).map(|difference| format!("{name}: {difference}"))
}

fn file_named(name: &str, pool: &DescriptorPool, set: &[u8]) -> DynamicMessage {
    let descriptor = pool.get_message_by_name("google.protobuf.FileDescriptorSet").unwrap();
    let set = DynamicMessage::decode(descriptor, set).unwrap();
    let files = set.get_field_by_name("file").unwrap();
    let file = files.as_list().unwrap().iter().find(|file| label(file).as_deref() == Some(name));
    file.unwrap_or_else(|| panic!("{name} is missing")).as_message().unwrap().clone()
}

fn message_difference(path: &str, ours: &DynamicMessage, public: &DynamicMessage) -> Option<String> {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let descriptor = ours.descriptor();
    let in_fields = descriptor.fields().find_map(|field| {
        let get = |message: &DynamicMessage| {
            message.has_field(&field).then(|| message.get_field(&field).into_owned())
        };
        difference(&join(field.name()), get(ours).as_ref(), get(public).as_ref())
    });
    let in_extensions = || {
        descriptor.extensions().find_map(|field| {
            let get = |message: &DynamicMessage| {
                message.has_extension(&field).then(|| message.get_extension(&field).into_owned())
            };
            let name = format!("[{}]", field.full_name());
            difference(&join(&name), get(ours).as_ref(), get(public).as_ref())
        })
    };
    // Fields that the pool does not know survive the decode and count when messages are compared as a whole.
    let in_the_rest = || (ours != public).then(|| join("unknown fields differ"));
    in_fields.or_else(in_extensions).or_else(in_the_rest)
}

fn difference(path: &str, ours: Option<&Value>, public: Option<&Value>) -> Option<String> {
    match (ours, public) {
        (Some(_), None) => Some(format!("{path}: only in ours")),
        (None, Some(_)) => Some(format!("{path}: only in the public file")),
        (Some(Value::Message(ours)), Some(Value::Message(public))) => message_difference(path, ours, public),
        (Some(Value::List(ours)), Some(Value::List(public))) => {
            (0..ours.len().max(public.len())).find_map(|index| {
                let (ours, public) = (ours.get(index), public.get(index));
                let label = ours.or(public).and_then(label).unwrap_or_else(|| index.to_string());
                difference(&format!("{path}[{label}]"), ours, public)
            })
        }
        (Some(ours), Some(public)) if ours != public => {
            Some(format!("{path}: ours {ours:?}, public {public:?}"))
        }
        _ => None,
    }
}

/// The name of a descriptor, by which a reader finds it sooner than by its index.
fn label(element: &Value) -> Option<String> {
    element.as_message()?.get_field_by_name("name")?.as_str().map(str::to_owned)
}
