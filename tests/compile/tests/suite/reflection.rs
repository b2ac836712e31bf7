//! Servers that describe themselves: what tonic-reflection makes of the descriptors that are generated and exported.

use std::collections::{BTreeMap, BTreeSet};

use compile_tests::options;
use lro::{Engine, google, testing};
use prost::Message as _;
use protox::prost_reflect::{DescriptorPool, Kind, MethodDescriptor};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

/// A client that has nothing but the address.
struct Stranger(ServerReflectionClient<tonic::service::Routes>);

impl Stranger {
    /// Calls a server with the descriptors of a user's package and, as the user was told to add, those of google.
    fn new() -> Self {
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(options::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(google::FILE_DESCRIPTOR_SET)
            .build_v1()
            .unwrap();
        let engine = Engine::builder(testing::memory_store()).build();
        let server = testing::Server::new(&engine).add_service(reflection);
        Self(ServerReflectionClient::new(server.transport()))
    }

    async fn ask(&mut self, request: MessageRequest) -> MessageResponse {
        let request = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
        let answers = self.0.server_reflection_info(tokio_stream::once(request)).await.unwrap();
        let answer: ServerReflectionResponse = answers.into_inner().message().await.unwrap().unwrap();
        answer.message_response.unwrap()
    }

    async fn services(&mut self) -> BTreeSet<String> {
        match self.ask(MessageRequest::ListServices(String::new())).await {
            MessageResponse::ListServicesResponse(list) => {
                list.service.into_iter().map(|service| service.name).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// The files that describe a symbol: the one that has it, and all that are imported from there on.
    async fn describe(&mut self, symbol: &str) -> DescriptorPool {
        let mut files = BTreeMap::new();
        let mut requests = vec![MessageRequest::FileContainingSymbol(symbol.to_owned())];
        while let Some(request) = requests.pop() {
            let MessageResponse::FileDescriptorResponse(found) = self.ask(request).await else {
                panic!("no file")
            };
            for encoded in found.file_descriptor_proto {
                let file = prost_types::FileDescriptorProto::decode(&encoded[..]).unwrap();
                for import in &file.dependency {
                    if !files.contains_key(import) {
                        requests.push(MessageRequest::FileByFilename(import.clone()));
                    }
                }
                files.insert(file.name().to_owned(), encoded);
            }
        }
        pool(files.into_values())
    }
}

/// What reads a set of files as strictly as clients do.
fn pool(files: impl IntoIterator<Item = Vec<u8>>) -> DescriptorPool {
    #[derive(Clone, PartialEq, prost::Message)]
    struct EncodedSet {
        #[prost(bytes = "vec", repeated, tag = "1")]
        file: Vec<Vec<u8>>,
    }
    let set = EncodedSet { file: files.into_iter().collect() };
    DescriptorPool::decode(&set.encode_to_vec()[..]).unwrap()
}

/// The response type that the annotation of a long-running method names.
fn response_type(method: &MethodDescriptor) -> String {
    let annotation = method.parent_pool().get_extension_by_name("google.longrunning.operation_info").unwrap();
    assert!(matches!(annotation.kind(), Kind::Message(_)));
    let options = method.options();
    let info = options.get_extension(&annotation);
    let info = info.as_message().unwrap();
    info.get_field_by_name("response_type").unwrap().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn services_are_listed() {
    assert_eq!(
        Stranger::new().services().await,
        ["google.longrunning.Operations", "grpc.reflection.v1.ServerReflection", "tests.options.v1.Depot"]
            .map(String::from)
            .into()
    );
}

#[tokio::test]
async fn a_service_with_long_running_methods_is_described_with_all_that_it_imports() {
    let pool = Stranger::new().describe("tests.options.v1.Depot").await;
    let service = pool.get_service_by_name("tests.options.v1.Depot").unwrap();
    let deliver = service.methods().find(|method| method.name() == "Deliver").unwrap();
    assert_eq!(deliver.output().full_name(), "google.longrunning.Operation");
    assert_eq!(response_type(&deliver), "Parcel");
}

#[tokio::test]
async fn the_operations_service_is_described() {
    let pool = Stranger::new().describe("google.longrunning.Operations").await;
    let service = pool.get_service_by_name("google.longrunning.Operations").unwrap();
    let methods: Vec<_> = service.methods().map(|method| method.name().to_owned()).collect();
    assert_eq!(
        methods,
        ["ListOperations", "GetOperation", "DeleteOperation", "CancelOperation", "WaitOperation"]
    );
}

#[test]
fn the_set_has_every_import_of_its_files() {
    let pool = DescriptorPool::decode(google::FILE_DESCRIPTOR_SET).unwrap();
    let names: BTreeSet<_> = pool.files().map(|file| file.name().to_owned()).collect();
    for name in ["google/api/annotations.proto", "google/protobuf/field_mask.proto", "google/type/date.proto"]
    {
        assert!(names.contains(name), "{name}");
    }
    // What is an option of others stays, such as the paths that operations have over HTTP.
    let list = pool.get_service_by_name("google.longrunning.Operations").unwrap().methods().next().unwrap();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    assert!(list.options().has_extension(&http));
}
