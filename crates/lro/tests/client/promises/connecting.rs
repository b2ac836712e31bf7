//! Servers that cannot be reached over real sockets, and requests that they do not take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lro::Client;
use tokio::net::TcpListener;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Endpoint;
use tonic::{Request, Status};

use crate::promises::network::{Network, hurry};
use crate::promises::support::seconds;
use crate::scripted_service::{METHOD, NAME, ScriptedService, at_once, running, succeeded};

/// Waits for an operation at `url`, to which no connection was ever made.
async fn fails(url: String) {
    let client = Client::new(Endpoint::try_from(url.clone()).unwrap().connect_lazy());
    let operation = client.operation(METHOD, NAME);
    let (waited, took) = hurry(seconds(600), operation.wait()).await;
    let error = waited.unwrap_err();
    assert!(!error.is_timed_out(), "{url}: {error}");
    assert!(took < seconds(20), "{url}: {took:?}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_fails_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    fails(format!("http://{address}")).await;
}

#[tokio::test]
async fn a_host_that_nobody_knows_fails_soon() {
    // The domain is reserved, so that it has no hosts (RFC 2606).
    fails("http://no-such-host.invalid:50051".to_owned()).await;
}

#[tokio::test]
async fn a_header_that_is_too_large_is_an_error_at_once() {
    let service = ScriptedService::new(vec![at_once(Ok(succeeded(1))); 100]);
    let network = Network::to(&service).await;
    let channel = Endpoint::try_from(network.url()).unwrap().connect().await.unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let interceptor = move |mut request: Request<()>| -> Result<Request<()>, Status> {
        count.fetch_add(1, Ordering::Relaxed);
        request.metadata_mut().insert("x-large", "x".repeat(120 << 10).parse().unwrap());
        Ok(request)
    };
    let client = Client::new(InterceptedService::new(channel, interceptor));
    let operation = client.attach(METHOD, running(0));
    let (waited, _) = hurry(seconds(600), operation.wait()).await;
    let error = waited.unwrap_err();
    assert!(!error.is_timed_out(), "{error}");
    assert!(calls.load(Ordering::Relaxed) <= 2, "{calls:?} calls");
    assert!(service.log().is_empty());
}
