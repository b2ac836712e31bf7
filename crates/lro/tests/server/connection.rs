//! The same over HTTP/2, where tonic keeps the caller's deadline. The connection is a pipe in memory, so time
//! can stay paused.

use std::time::Duration;

use hyper_util::rt::TokioIo;

use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{GetOperationRequest, WaitOperationRequest};
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

use crate::support::{Server, memory_store};

struct Serving {
    channel: Channel,
    shutdown: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), tonic::transport::Error>>,
}

async fn serve(server: &Server) -> Serving {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (connect, incoming) = mpsc::channel::<std::io::Result<DuplexStream>>(1);
    connect.send(Ok(far)).await.unwrap();
    let (shutdown, signal) = oneshot::channel();
    let drained = server.engine.drain_on(signal);
    let router = tonic::transport::Server::builder().add_service(server.engine.operations_server());
    let task = tokio::spawn(async move {
        // Moved in: a server whose source of connections ends would end too.
        let _connect = connect;
        router.serve_with_incoming_shutdown(ReceiverStream::new(incoming), drained).await
    });
    let mut near = Some(TokioIo::new(near));
    let connector = tower::service_fn(move |_| {
        std::future::ready(near.take().ok_or_else(|| std::io::Error::other("the pipe is in use")))
    });
    let channel = Endpoint::from_static("http://pipe").connect_with_connector(connector).await.unwrap();
    Serving { channel, shutdown, task }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_wait_comes_before_the_deadline_of_the_call() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let serving = serve(&server).await;
    for milliseconds in [100, 1_000, 40_000] {
        let mut request = Request::new(WaitOperationRequest { name: name.clone(), timeout: None });
        request.set_timeout(Duration::from_millis(milliseconds));
        let mut operations = OperationsClient::new(serving.channel.clone());
        assert!(!operations.wait_operation(request).await.unwrap().into_inner().done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_ends_once_its_work_has_and_still_answers_those_who_wait() {
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(Duration::from_secs(20)));
    let name = server.begin("wait").await;
    let serving = serve(&server).await;
    let mut operations = OperationsClient::new(serving.channel);
    let waiting = tokio::spawn(async move {
        let request = WaitOperationRequest { name, timeout: None };
        operations.wait_operation(request).await.unwrap().into_inner()
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    serving.shutdown.send(()).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.service.gate.add_permits(1);
    assert!(waiting.await.unwrap().done);
    serving.task.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_error_about_any_name_fits_into_the_headers() {
    let server = Server::new();
    let serving = serve(&server).await;
    let mut operations = OperationsClient::new(serving.channel);
    for character in ["\u{1}", "\u{10ffff}", "x", " ", "/"] {
        for length in [10, 100, 128, 500, 512, 100_000] {
            let name = format!("operations/{}", character.repeat(length));
            let request = GetOperationRequest { name };
            let status = operations.get_operation(request).await.unwrap_err();
            let is_answer = matches!(status.code(), Code::InvalidArgument | Code::NotFound);
            assert!(is_answer, "{length} of {character:?}: {status:?}");
        }
    }
}
