//! The client over real connections that break.

use std::time::Duration;

use lro::google::longrunning::operations_server::OperationsServer;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint, Server};

use crate::scripted_service::{METHOD, NAME, ScriptedService, at_once, polling, response, succeeded};

/// A channel to a server that closes each of the first `broken` connections after the first byte.
async fn channel(broken: usize, service: &ScriptedService) -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, incoming) = mpsc::channel::<std::io::Result<TcpStream>>(1);
    tokio::spawn(async move {
        for _ in 0..broken {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.read_u8().await.unwrap();
        }
        while let Ok((connection, _)) = listener.accept().await {
            if accepted.send(Ok(connection)).await.is_err() {
                break;
            }
        }
    });
    let server = Server::builder().add_service(OperationsServer::new(service.clone()));
    tokio::spawn(server.serve_with_incoming(ReceiverStream::new(incoming)));
    Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy()
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_anew() {
    let service = ScriptedService::new([at_once(Ok(succeeded(1)))]);
    let client = lro::Client::new(channel(2, &service).await);
    let quick =
        polling().with_initial_delay(Duration::from_millis(1)).with_max_delay(Duration::from_millis(1));
    let operation = client.operation(METHOD, NAME).with_polling(quick);
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!(service.log().len(), 1, "only one call has arrived");
}

#[tokio::test]
async fn connecting_to_nothing_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    lro::Client::connect(format!("http://{address}")).await.unwrap_err();
    lro::Client::connect("not a destination").await.unwrap_err();
}
