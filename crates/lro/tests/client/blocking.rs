//! The client without `async`. These tests are on the real clock, and wait for nothing but answers.

use std::time::Duration;

use lro::blocking::{Client, Operation, run};
use lro::google::longrunning::operations_server::OperationsServer;
use lro::{OperationRef, State, Update};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Status};

use crate::call::{Seen, starting};
use crate::scripted_service::{
    Done, METHOD, NAME, ScriptedService, Step, after, at_once, failed, response, running, succeeded,
};

fn handle(service: &ScriptedService) -> Operation<Done, Step> {
    service.started().into()
}

#[test]
fn a_call_goes_over_a_connection_that_the_worker_looks_after() {
    let service = ScriptedService::new([at_once(Ok(running(1))), at_once(Ok(succeeded(2)))]);
    let server = Server::builder().add_service(OperationsServer::new(service.clone()));
    let address = run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        address
    });
    let client =
        Client::connect(format!("http://{address}")).unwrap().configure(|client| client.jitter(|| 0.0));
    let operation = client.operation(METHOD, NAME);
    assert!(!operation.poll().unwrap().is_done());
    // Another thread than the one that connected.
    let waiting = operation.clone();
    assert_eq!(std::thread::spawn(move || waiting.wait()).join().unwrap().unwrap(), response());
    assert!(operation.latest().unwrap().unwrap().is_done(), "clones share what they learn");
    Client::connect("not a destination").unwrap_err();
}

#[test]
fn operations_are_started_and_resumed() {
    let client = Client::from(lro::Client::new(starting(&Seen::default())));
    let operation = client.start(METHOD, Request::new(())).unwrap();
    assert_eq!((operation.name(), operation.to_string().as_str()), (NAME, NAME));
    assert_eq!(client.resume(METHOD, &operation.reference()).unwrap().into_name(), NAME);
    client.resume(METHOD, &OperationRef::new("/test.v1.Shelves/Other", NAME)).unwrap_err();
    assert_eq!(client.raw_operation(NAME).typed(METHOD).reference(), operation.reference());
    assert_eq!(client.attach(METHOD, succeeded(1)).wait().unwrap(), response());
}

#[test]
fn updates_are_an_iterator_that_ends() {
    let service = ScriptedService::new([at_once(Ok(succeeded(0)))]);
    let mut updates = handle(&service).updates().with_interval(Duration::from_millis(1));
    let Some(Ok(Update::Progress(step))) = updates.next() else { panic!("progress comes first") };
    assert_eq!(step.seconds, 0);
    let Some(Ok(Update::Done(done))) = updates.next() else { panic!("the response comes last") };
    assert_eq!(done, response());
    assert!(updates.next().is_none());
}

#[test]
fn metadata_is_waited_for_and_the_end_after_cancelling() {
    let service = ScriptedService::new([at_once(Ok(running(1))), at_once(Ok(failed(Code::Cancelled)))]);
    let operation = handle(&service);
    let reached = operation.wait_until(|step| step.seconds == 1).unwrap();
    assert!(matches!(reached.state(), State::Running));
    assert!(matches!(operation.cancel_and_wait().unwrap().state(), State::Cancelled(_)));
    let ended = Operation::from(
        service.client().attach(METHOD, lro::google::longrunning::Operation { result: None, ..succeeded(1) }),
    );
    assert!(ended.clone().accept_missing_result().wait().is_ok());
    assert!(ended.wait().unwrap_err().is_malformed());
}

#[test]
fn waiting_ends_with_the_given_time() {
    let never = (0..100).map(|_| after(3600, Ok(running(1))));
    let operation = handle(&ScriptedService::new(never));
    let error = operation.wait_timeout(Duration::from_millis(1)).unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert!(operation.with_timeout(Duration::from_millis(1)).wait().unwrap_err().is_timed_out());
}

#[test]
fn the_operations_of_a_server_are_asked_for_by_name() {
    let service = ScriptedService::new([at_once(Ok(failed(Code::NotFound))), at_once(Ok(succeeded(1)))]);
    let operations = Client::from(service.client()).operations();
    let got = operations.get(NAME).unwrap();
    assert!(matches!(got.latest().unwrap().unwrap().state(), State::Failed(_)));
    assert!(operations.wait(NAME, Duration::from_secs(60)).unwrap().latest().unwrap().unwrap().is_done());
    operations.cancel(NAME).unwrap();
    assert_eq!(operations.delete(NAME).unwrap_err().status().unwrap().code(), Code::Unimplemented);
    handle(&service).cancel().unwrap();
    handle(&service).delete().unwrap_err();
    let listed = operations.list("").page_size(2).of(METHOD).filter("done").into_iter().collect::<Vec<_>>();
    let [Err(status)] = listed.as_slice() else { panic!("an error is the only item: {listed:?}") };
    assert_eq!(Status::code(status), Code::Unimplemented);
}

#[tokio::test]
#[should_panic(expected = "Cannot start a runtime from within a runtime")]
async fn blocking_a_task_panics() {
    let _ = handle(&ScriptedService::new([])).wait_timeout(Duration::ZERO);
}

#[tokio::test]
async fn a_thread_of_a_runtime_that_may_block_does() {
    let operation = handle(&ScriptedService::new([at_once(Ok(succeeded(1)))]));
    let waiting = operation.clone();
    assert_eq!(tokio::task::spawn_blocking(move || waiting.wait()).await.unwrap().unwrap(), response());
    drop(operation);
}
