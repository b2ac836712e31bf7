//! What a generated server would be for this service, and beside it one method that ends operations which others finish.

use std::convert::Infallible;
use std::task::{Context, Poll};

use lro::codegen::BoxFuture;
use lro::google::longrunning::Operation;
use lro::{CompletionToken, Engine};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::job::{COMPLETE_PATH, Completed, Completion, Done, Job, START_PATH, WORK};

/// The service over an engine.
#[derive(Debug, Clone)]
pub(super) struct JobsServer(pub(super) Engine);

impl NamedService for JobsServer {
    const NAME: &'static str = "chaos.Jobs";
}

impl Service<http::Request<Body>> for JobsServer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            Ok(match request.uri().path() {
                START_PATH => {
                    let start = tower::service_fn(move |request| start(engine.clone(), request));
                    Grpc::new(ProstCodec::default()).unary(start, request).await
                }
                COMPLETE_PATH => {
                    let complete = tower::service_fn(move |request| complete(engine.clone(), request));
                    Grpc::new(ProstCodec::default()).unary(complete, request).await
                }
                _ => Status::unimplemented("there is no such method").into_http(),
            })
        })
    }
}

async fn start(engine: Engine, request: Request<Job>) -> Result<Response<Operation>, Status> {
    let start = request.get_ref().options.start();
    engine.start(WORK, request, start).await
}

async fn complete(engine: Engine, request: Request<Completion>) -> Result<Response<Completed>, Status> {
    let Completion { token, text } = request.into_inner();
    let token: CompletionToken =
        token.parse().map_err(|_| Status::invalid_argument("that is no completion token"))?;
    let completion = engine.complete(WORK, &token, Done { text }).await?;
    Ok(Response::new(Completed { applied: completion == lro::Completion::Applied }))
}
