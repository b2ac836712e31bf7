//! A service whose methods answer with streams of operations, from a script.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use lro::codegen::BoxFuture;
use lro::google::longrunning::{GetOperationRequest, Operation};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::{Grpc, ServerStreamingService, UnaryService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::scripted_service::Answer;

/// The streams, one for each call, and what was called when. A call beyond them is unimplemented.
#[derive(Clone)]
pub(crate) struct ScriptedStreams {
    script: Arc<Mutex<VecDeque<Vec<Answer>>>>,
    /// What unary calls are answered with.
    answers: Arc<Mutex<VecDeque<Answer>>>,
    log: Arc<Mutex<Vec<String>>>,
    start: Instant,
}

impl ScriptedStreams {
    pub(crate) fn new(script: impl IntoIterator<Item = Vec<Answer>>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        Self { script, answers: Arc::default(), log: Arc::default(), start: Instant::now() }
    }

    /// Answers unary calls as well.
    pub(crate) fn answering(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.answers.lock().unwrap().extend(answers);
        self
    }

    pub(crate) fn client(&self) -> lro::Client {
        lro::Client::new(self.clone()).jitter(|| 0.0)
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn note(&self, path: &str, name: &str) {
        let (at, method) = (self.start.elapsed().as_secs_f64(), path.rsplit('/').next().unwrap_or_default());
        self.log.lock().unwrap().push(format!("{at}s {method} {name}").trim_end().to_owned());
    }
}

impl Service<http::Request<Body>> for ScriptedStreams {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = Call { service: self.clone(), path: request.uri().path().to_owned() };
        let is_stream = request.uri().path().starts_with("/test.v1.");
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::default());
            Ok(if is_stream {
                grpc.server_streaming(call, request).await
            } else {
                grpc.unary(call, request).await
            })
        })
    }
}

struct Call {
    service: ScriptedStreams,
    path: String,
}

impl ServerStreamingService<GetOperationRequest> for Call {
    type Response = Operation;
    type ResponseStream = ReceiverStream<Result<Operation, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<GetOperationRequest>) -> Self::Future {
        self.service.note(&self.path, &request.into_inner().name);
        let script = self.service.script.lock().unwrap().pop_front();
        Box::pin(async move {
            let script = script.ok_or_else(|| Status::unimplemented("no stream is left"))?;
            let (items, stream) = mpsc::channel(1);
            tokio::spawn(async move {
                for (after, item) in script {
                    sleep(after).await;
                    if items.send(item).await.is_err() {
                        break;
                    }
                }
            });
            Ok(Response::new(ReceiverStream::new(stream)))
        })
    }
}

impl UnaryService<GetOperationRequest> for Call {
    type Response = Operation;
    type Future = BoxFuture<'static, Result<Response<Operation>, Status>>;

    fn call(&mut self, request: Request<GetOperationRequest>) -> Self::Future {
        self.service.note(&self.path, &request.into_inner().name);
        let answer = self.service.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            let (after, answer) = answer.ok_or_else(|| Status::unimplemented("no answer is left"))?;
            sleep(after).await;
            answer.map(Response::new)
        })
    }
}
