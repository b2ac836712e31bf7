//! Requests for lists of operations that nobody would send, to a server with a few operations.
//!
//! Each function says whether the request was answered with a list. Refusing it is as good, but only as the caller's fault.

use std::sync::{Arc, LazyLock};

use lro::google::longrunning::operations_server::Operations as _;
use lro::google::longrunning::{GetOperationRequest, ListOperationsRequest};
use lro::store::{Beginning, Labels, MemoryStore, NewOperation, OperationName, Outcome, Payload, Store as _};
use lro::{Engine, Method, OperationsService};
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, Struct, Value, value,
};
use tokio::runtime::Runtime;
use tonic::{Code, Request, Status};

/// The bytes are a filter.
pub fn filter(data: &[u8]) -> bool {
    text(data).is_some_and(|filter| list(ListOperationsRequest { filter, ..Default::default() }))
}

/// The bytes are the name of a parent, and that of an operation.
pub fn name(data: &[u8]) -> bool {
    text(data).is_some_and(|name| {
        let got = SERVER.runtime.block_on(async {
            SERVER.operations.get_operation(Request::new(GetOperationRequest { name: name.clone() })).await
        });
        let is_found = is_answered(got.map(drop), &[Code::InvalidArgument, Code::NotFound]);
        list(ListOperationsRequest { name, ..Default::default() }) || is_found
    })
}

/// The bytes are a page token, and what part of one is replaced with that the server gave: their first one says where. Only if
/// that changes nothing, the server may go on with it.
pub fn token(data: &[u8]) -> bool {
    text(data).is_some_and(|page_token| {
        if let Some((&place, part)) = data.split_first() {
            let is_answered = with_token(replaced(place, part));
            let is_same = replaced(place, part) == SERVER.token;
            assert_eq!(is_answered, is_same, "only the token as it was given is one");
        }
        with_token(page_token)
    })
}

/// The token of the server with other bytes at a place, as far as these and the rest of it are text.
fn replaced(place: u8, part: &[u8]) -> String {
    let mut token = SERVER.token.clone().into_bytes();
    let start = usize::from(place) % (token.len() + 1);
    let end = (start + part.len()).min(token.len());
    token.splice(start..end, part.iter().copied());
    String::from_utf8_lossy(&token).into_owned()
}

fn with_token(page_token: String) -> bool {
    list(ListOperationsRequest { page_token, ..Default::default() })
}

fn text(data: &[u8]) -> Option<String> {
    std::str::from_utf8(data).ok().map(str::to_owned)
}

fn list(request: ListOperationsRequest) -> bool {
    let answer = SERVER.runtime.block_on(SERVER.operations.list_operations(Request::new(request)));
    is_answered(answer.map(drop), &[Code::InvalidArgument])
}

fn is_answered(answer: Result<(), Status>, refusals: &[Code]) -> bool {
    match answer {
        Ok(()) => true,
        Err(status) => {
            assert!(refusals.contains(&status.code()), "{status}");
            assert!(status.message().len() < 2_000, "{} bytes of an error", status.message().len());
            false
        }
    }
}

struct Server {
    runtime: Runtime,
    operations: OperationsService,
    /// A page token that the server gave.
    token: String,
    _service: Arc<()>,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let (operations, service) = runtime.block_on(serve());
    let first = Request::new(ListOperationsRequest { page_size: 1, ..Default::default() });
    let page = runtime.block_on(operations.list_operations(first)).expect("there are operations");
    let token = page.into_inner().next_page_token;
    assert!(!token.is_empty(), "there are more operations");
    Server { runtime, operations, token, _service: service }
});

const METHODS: [(&str, &str); 2] = [
    ("/l.Library/Import", "google.protobuf.FileDescriptorSet"),
    ("/l.Library/Export", "google.protobuf.Struct"),
];

/// Operations whose metadata is a descriptor, of which there are descriptors too, and a `Struct`.
async fn serve() -> (OperationsService, Arc<()>) {
    let (store, service) = (MemoryStore::new(), Arc::new(()));
    let descriptors: &'static [u8] = descriptors().encode_to_vec().leak();
    let kinds =
        [value::Kind::NumberValue(1.5), value::Kind::StringValue("x".to_owned()), value::Kind::NullValue(0)];
    let fields = ["number", "text", "none"]
        .into_iter()
        .zip(kinds)
        .map(|(key, kind)| (key.to_owned(), Value { kind: Some(kind) }));
    let metadata = [descriptors.to_vec(), Struct { fields: fields.collect() }.encode_to_vec()];
    let mut operations = Vec::new();
    for ((path, full_name), metadata) in METHODS.into_iter().zip(metadata) {
        for id in ["a", "b"] {
            let name =
                OperationName::parse(&format!("shelves/1{path}/operations/{id}")).expect("it is a name");
            let payload = |value: Vec<u8>| Payload::new(format!("type.googleapis.com/{full_name}"), value);
            let new = NewOperation::new(name, path, payload(Vec::new()))
                .with_metadata(payload(metadata.clone()))
                .with_labels(Labels::new().with("env", id).expect("it is a label"));
            operations.push(match id {
                "a" => new,
                _ => new.with_beginning(Beginning::Done(Outcome::Response(payload(metadata.clone())))),
            });
        }
    }
    store.create(operations).await.expect("the memory store takes them");
    let engine = Engine::builder(store).serve_only().build();
    for (path, full_name) in METHODS {
        let method =
            Method::<(), (), ()>::new(path, full_name, full_name, full_name).with_descriptors(descriptors);
        engine.register(method, &service, |_, _, _| async { Ok(()) });
    }
    (engine.operations_service(), service)
}

/// What describes a part of itself.
fn descriptors() -> FileDescriptorSet {
    let field = |name: &str, number, kind: Type, of: &str| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(if of.is_empty() { Label::Optional } else { Label::Repeated }.into()),
        r#type: Some(kind.into()),
        type_name: (!of.is_empty()).then(|| format!(".google.protobuf.{of}")),
        ..Default::default()
    };
    let message = |name: &str, field: Vec<FieldDescriptorProto>| DescriptorProto {
        name: Some(name.to_owned()),
        field,
        ..Default::default()
    };
    let messages = vec![
        message("FileDescriptorSet", vec![field("file", 1, Type::Message, "FileDescriptorProto")]),
        message(
            "FileDescriptorProto",
            vec![
                field("package", 2, Type::String, ""),
                field("message_type", 4, Type::Message, "DescriptorProto"),
            ],
        ),
        message(
            "DescriptorProto",
            vec![
                field("name", 1, Type::String, ""),
                field("field", 2, Type::Message, "FieldDescriptorProto"),
                field("nested_type", 3, Type::Message, "DescriptorProto"),
            ],
        ),
        message(
            "FieldDescriptorProto",
            vec![field("number", 3, Type::Int32, ""), field("proto3_optional", 17, Type::Bool, "")],
        ),
    ];
    let file = FileDescriptorProto {
        package: Some("google.protobuf".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: messages,
        ..Default::default()
    };
    FileDescriptorSet { file: vec![file] }
}
