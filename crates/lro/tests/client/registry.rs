//! Operations of which only the run of a program tells what they hold.

use lro::google::longrunning::{Operation, operation};
use lro::payload::pack;
use lro::{Any, Client, Method, MethodRegistry, OperationRef, OperationRpcs, State};
use tonic::Code;

use crate::scripted_service::{
    Done, METHOD, NAME, STEP, ScriptedService, Step, at_once, failed, response, running, succeeded, unused,
};

const EMPTY: &str = "google.protobuf.Empty";
/// Has the metadata of `METHOD` and another response.
const DELETE: Method<(), (), Step> = Method::new("/test.v1.Shelves/Delete", EMPTY, EMPTY, STEP);
const WRAP: Method<(), Any, String> =
    Method::new("/test.v1.Shelves/Wrap", EMPTY, "google.protobuf.Any", "google.protobuf.StringValue");

fn registry() -> MethodRegistry {
    MethodRegistry::new().with(METHOD).with(DELETE).with(WRAP)
}

fn done(metadata: Option<Any>, response: Any) -> Operation {
    let result = Some(operation::Result::Response(response));
    Operation { name: NAME.to_owned(), metadata, done: true, result }
}

#[tokio::test(start_paused = true)]
async fn what_a_server_tells_is_read_with_the_types_of_its_method() {
    let service = ScriptedService::new([at_once(Ok(succeeded(3)))]);
    let handle = service.client().operations().get(NAME).await.unwrap();
    let decoded = registry().decode(&handle).unwrap().unwrap();
    assert_eq!((decoded.name(), decoded.method()), (NAME, Some(METHOD.path())));
    assert!(decoded.is_done());
    let metadata = decoded.metadata().unwrap();
    assert_eq!(metadata.type_name(), STEP);
    assert_eq!(metadata.downcast_ref::<Step>().map(|step| step.seconds), Some(3));
    assert_eq!(format!("{metadata:?}"), format!("{:?}", Step { seconds: 3, nanos: 0 }));
    let State::Succeeded(message) = decoded.into_state() else { panic!("it succeeded") };
    let message = message.downcast::<Step>().expect_err("the response is no step");
    assert_eq!(message.downcast::<Done>().unwrap(), response());
}

#[tokio::test]
async fn a_handle_that_was_never_answered_has_nothing_to_read() {
    let client = Client::new(unused());
    assert!(registry().decode(&client.raw_operation(NAME)).unwrap().is_none());
    let ended = Operation { result: None, ..succeeded(1) };
    assert!(registry().decode(&client.attach_raw(ended.clone())).unwrap_err().is_malformed());
    assert_eq!(registry().decode_message(ended).unwrap_err().code(), Code::Internal);
}

#[tokio::test]
async fn a_response_without_content_may_be_left_out() {
    for result in [None, Some(operation::Result::Response(Any::default()))] {
        let handle = Client::new(unused()).attach(DELETE, Operation { result, ..succeeded(1) }).untyped();
        let decoded = registry().decode(&handle).unwrap().unwrap();
        let State::Succeeded(response) = decoded.into_state() else { panic!("it succeeded") };
        assert!(response.is::<()>());
    }
}

#[test]
fn the_method_is_found_by_types_only_where_they_tell() {
    let method = |operation| registry().decode_message(operation).unwrap().method();
    let step = || running(1).metadata;
    assert_eq!(method(running(1)), None, "two methods have this metadata");
    assert_eq!(method(failed(Code::NotFound)), None);
    assert_eq!(method(succeeded(1)), Some(METHOD.path()));
    assert_eq!(method(done(step(), pack(EMPTY, &()))), Some(DELETE.path()));
    assert_eq!(method(done(None, pack(EMPTY, &()))), None, "so little tells nothing");
    assert_eq!(method(Operation::default()), None);
    let text = Some(pack("google.protobuf.StringValue", &"half".to_owned()));
    assert_eq!(method(done(text, pack("test.v1.Unknown", &()))), Some(WRAP.path()));
    assert_eq!(method(done(step(), pack("test.v1.Unknown", &()))), None);
}

#[tokio::test]
async fn what_the_handle_knows_counts_more_than_types() {
    let handle = Client::new(unused()).attach(DELETE, running(1)).untyped();
    assert_eq!(registry().decode(&handle).unwrap().unwrap().method(), Some(DELETE.path()));
    let nobody = MethodRegistry::new().decode(&handle).unwrap().unwrap();
    assert_eq!(nobody.method(), Some(DELETE.path()));
    let metadata = nobody.metadata().unwrap();
    assert_eq!((metadata.type_name(), metadata.is::<Any>()), (STEP, true));
}

#[test]
fn what_does_not_decode_is_kept_as_it_came() {
    let garbled = Any { type_url: format!("type.googleapis.com/{STEP}"), value: vec![0xff] };
    let decoded =
        registry().decode_message(Operation { metadata: Some(garbled.clone()), ..running(1) }).unwrap();
    assert_eq!(decoded.metadata().unwrap().downcast_ref::<Any>(), Some(&garbled));
    assert!(matches!(decoded.state(), State::Running));
}

#[tokio::test]
async fn a_reference_is_resumed_as_its_method_says() {
    const NOTHING: OperationRpcs = OperationRpcs::new(<Operation as prost::Message>::decode);
    let registry = registry().with(DELETE.with_rpcs(&NOTHING));
    assert_eq!(registry.paths().collect::<Vec<_>>(), [METHOD.path(), WRAP.path(), DELETE.path()]);
    let client = Client::new(unused());
    let reference = OperationRef::new(DELETE.path(), NAME).with_request_id("7");
    let operation = registry.resume(&client, &reference).unwrap();
    assert_eq!(operation.reference(), reference);
    let error = operation.cancel().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::Unimplemented, "it has no such RPC, so none is called");
    for unknown in ["", "/test.v1.Shelves/Other"] {
        assert!(registry.resume(&client, &OperationRef::new(unknown, NAME)).is_none());
    }
}
