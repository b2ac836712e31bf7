//! Handles as text.

use lro::{Client, Method, OperationRef, Starting};
use tonic::{Code, Request};

use crate::call::{Seen, starting};
use crate::scripted_service::{
    DONE, Done, METHOD, NAME, STEP, ScriptedService, Step, at_once, failed, running, succeeded, unused,
};

/// A method whose requests are an id, and no more.
const IDENTIFIED: Method<String, Done, Step> =
    Method::new("/test.v1.Shelves/Identified", "google.protobuf.StringValue", DONE, STEP)
        .with_request_id(|id| id, |request, id| *request = id);

#[tokio::test]
async fn a_handle_is_written_down_and_resumed_elsewhere() {
    let client = Client::new(starting(&Seen::default()));
    let call: Starting<Done, Step> = client.start(IDENTIFIED, Request::new(String::new()));
    let id = call.request_id().unwrap().to_owned();
    let operation = call.await.unwrap();
    assert_eq!((operation.method(), operation.request_id()), (IDENTIFIED.path(), Some(id.as_str())));
    let text = operation.reference().to_string();
    assert_eq!(text, format!("/test.v1.Shelves/Identified?name={NAME}&request_id={id}"));

    let service = ScriptedService::new([at_once(Ok(succeeded(1)))]);
    let reference = text.parse::<OperationRef>().unwrap();
    let resumed = service.client().resume(IDENTIFIED, &reference).unwrap();
    assert_eq!(resumed.reference(), reference);
    assert!(resumed.poll().await.unwrap().is_done());
    let by_operations = service.client().operations().resume(IDENTIFIED, &reference).unwrap();
    assert_eq!(by_operations.into_name(), NAME);
}

#[tokio::test]
async fn another_method_is_refused_and_both_are_named() {
    let client = Client::new(unused());
    let reference = client.operation(METHOD, NAME).reference();
    let error = client.resume(IDENTIFIED, &reference).unwrap_err();
    assert_eq!((error.expected(), error.found()), (IDENTIFIED.path(), METHOD.path()));
    assert_eq!(
        error.to_string(),
        "the operation was started by `/test.v1.Shelves/Import`, and cannot be resumed as one of `/test.v1.Shelves/Identified`"
    );
}

#[tokio::test]
async fn what_no_method_is_known_of_is_resumed_as_the_caller_says() {
    let client = Client::new(unused());
    let raw = client.raw_operation(NAME);
    assert_eq!((raw.method(), raw.request_id()), ("", None));
    let resumed = client.resume(METHOD, &raw.reference()).unwrap();
    assert_eq!(resumed.reference(), OperationRef::new(METHOD.path(), NAME));
}

#[tokio::test(start_paused = true)]
async fn clones_errors_and_handles_without_types_know_it_too() {
    let service = ScriptedService::new([at_once(Ok(failed(Code::NotFound)))]);
    let reference = OperationRef::new(METHOD.path(), NAME).with_request_id("7");
    let operation = service.client().resume(METHOD, &reference).unwrap();
    assert_eq!(operation.clone().reference(), reference);
    assert_eq!(operation.untyped().reference(), reference);
    assert_eq!(operation.wait().await.unwrap_err().into_operation().reference(), reference);
}

#[tokio::test]
async fn a_name_is_taken_out_of_the_last_handle_and_copied_out_of_others() {
    let operation = Client::new(unused()).attach(METHOD, running(1));
    assert_eq!(operation.clone().into_name(), NAME);
    assert_eq!(operation.into_name(), NAME);
}
