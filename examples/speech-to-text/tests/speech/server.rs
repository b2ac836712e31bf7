//! A server with TLS that takes one token, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::Engine;
use lro::store::MemoryStore;
use speech_to_text::auth::{Source, Token, Tokens};
use speech_to_text::connect::{Target, connect};
use speech_to_text::pb::speech_lro::{SpeechLroClient, SpeechLroServer};
use speech_to_text::transcribe::{Audio, Transcription, start};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tonic::service::InterceptorLayer;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{self, ServerTlsConfig};
use tonic::{Request, Status};
use tower::util::MapRequestLayer;

use crate::certificates;
use crate::recognizer::Recognizer;

/// After this time a test that waits for an end has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What arrived with one call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The last segment of the path: the name of the RPC.
    pub(crate) rpc: String,
    pub(crate) token: String,
    pub(crate) routing: String,
    pub(crate) project: String,
}

/// The server.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    pub(crate) ca: String,
    /// One permit lets one long transcription end.
    pub(crate) gate: Arc<Semaphore>,
    accepted: Arc<Mutex<String>>,
    calls: watch::Sender<Vec<Call>>,
}

impl Server {
    /// Starts a server that accepts this token.
    pub(crate) async fn start(token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (ca, identity) = certificates::issue();
        let gate = Arc::new(Semaphore::new(0));
        let accepted = Arc::new(Mutex::new(token.to_owned()));
        let calls = watch::Sender::<Vec<Call>>::default();

        let record = {
            let calls = calls.clone();
            move |request: http::Request<_>| {
                calls.send_modify(|calls| calls.push(call(&request)));
                request
            }
        };
        let check = {
            let accepted = Arc::clone(&accepted);
            move |request: Request<()>| {
                let expected = format!("Bearer {}", accepted.lock().unwrap());
                let token = request.metadata().get("authorization").and_then(|token| token.to_str().ok());
                if token == Some(&expected) {
                    Ok(request)
                } else {
                    Err(Status::unauthenticated("token expired"))
                }
            }
        };
        let engine = Engine::builder(MemoryStore::new()).build();
        let router = transport::Server::builder()
            .tls_config(ServerTlsConfig::new().identity(identity))
            .unwrap()
            .layer(MapRequestLayer::new(record))
            .layer(InterceptorLayer::new(check))
            .add_service(SpeechLroServer::serve(Recognizer { gate: Arc::clone(&gate) }, &engine))
            .add_service(engine.operations_server());
        tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
        Self { endpoint, ca, gate, accepted, calls }
    }

    /// Accepts only this token from now on.
    pub(crate) fn accept(&self, token: &str) {
        token.clone_into(&mut self.accepted.lock().unwrap());
    }

    /// All calls, also those that were refused.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    /// Returns when a call with this token has come.
    pub(crate) async fn called_with(&self, token: &str) {
        let token = format!("Bearer {token}");
        let mut calls = self.calls.subscribe();
        calls.wait_for(|calls| calls.iter().any(|call| call.token == token)).await.unwrap();
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            endpoint: self.endpoint.clone(),
            ca: Some(self.ca.clone().into_bytes()),
            quota_project: Some("payer".to_owned()),
        }
    }

    pub(crate) async fn connect(&self, source: Source) -> SpeechLroClient {
        connect(self.target(), Tokens::new(source)).await.unwrap()
    }
}

/// A token that never changes.
pub(crate) fn fixed(token: &str) -> Source {
    Source::Fixed(Token::new(token, None).unwrap())
}

/// Starts the transcription of this file.
pub(crate) async fn transcribe(client: &SpeechLroClient, uri: &str) -> Result<Transcription, Status> {
    let audio = Audio {
        recognizer: "projects/p/locations/global/recognizers/_".to_owned(),
        uri: uri.to_owned(),
        language: "en-US".to_owned(),
        model: "long".to_owned(),
    };
    start(client, audio).await
}

fn call<B>(request: &http::Request<B>) -> Call {
    let header = |name| request.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    Call {
        rpc: request.uri().path().rsplit('/').next().unwrap().to_owned(),
        token: header("authorization"),
        routing: header("x-goog-request-params"),
        project: header("x-goog-user-project"),
    }
}
