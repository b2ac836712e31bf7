//! Chapter "Errors": what somebody else has and what does not exist take the same time.

use std::time::Duration;

use lro::google::longrunning::GetOperationRequest;
use lro::google::longrunning::operations_server::Operations as _;
use lro::{Caller, Start};
use lro_store_conformance::{Fault, StoreMethod};
use tokio::time::Instant;
use tonic::{Code, Request};

use crate::scripted_service::Job;
use crate::support::{Server, memory_store};

/// How long it takes to learn that there is nothing for this caller, if the store needs so long to answer.
async fn time_to_deny(server: &Server, name: &str, store: Duration) -> Duration {
    server.store.inject_next([StoreMethod::Get], 1, Fault::none().delay(store));
    let mut request = Request::new(GetOperationRequest { name: name.to_owned() });
    request.extensions_mut().insert(Caller::new("mallory"));
    let began = Instant::now();
    let status = server.engine.operations_service().get_operation(request).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn however_long_the_store_looks_for_it_a_denial_takes_the_same_time() {
    let server = Server::with(memory_store(), |builder| builder.authorizer(lro::OwnersOnly));
    let mut job = Request::new(Job::new("succeed"));
    job.extensions_mut().insert(Caller::new("alice"));
    let name = server.send(job, || Ok(Start::new())).await.unwrap().name;
    let denied = time_to_deny(&server, &name, Duration::from_millis(7)).await;
    let missing = time_to_deny(&server, "operations/none", Duration::from_millis(1)).await;
    assert_eq!(denied, missing);
    let slow = time_to_deny(&server, &name, Duration::from_millis(30)).await;
    assert_eq!(slow, Duration::from_millis(30), "a slow store is not waited for any longer");
}
