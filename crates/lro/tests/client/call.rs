//! `Client`: how it makes calls and handles.

use std::sync::{Arc, Mutex};

use lro::google::longrunning::Operation;
use lro::{Client, RawOperation};
use tonic::{Code, GrpcMethod, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::scripted_service::{
    METHOD, NAME, ScriptedService, Step, after, at_once, response, running, succeeded, unused,
};

/// What arrived: the path, and the method as interceptors see it.
pub(crate) type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A transport to a service that starts an operation on every call.
pub(crate) fn starting(seen: &Seen) -> impl lro::codegen::Transport {
    let seen = Arc::clone(seen);
    tower::service_fn(move |request: http::Request<tonic::body::Body>| {
        let method = request.extensions().get::<GrpcMethod<'static>>();
        let method = method.map(|method| format!("{} {}", method.service(), method.method()));
        seen.lock().unwrap().push((request.uri().to_string(), method));
        async move {
            let mut server = tonic::server::Grpc::new(ProstCodec::<Operation, ()>::default());
            let start =
                tower::service_fn(|_: Request<()>| async { Ok::<_, Status>(Response::new(running(0))) });
            Ok::<_, std::convert::Infallible>(server.unary(start, request).await)
        }
    })
}

#[tokio::test]
async fn starting_returns_the_handle_of_what_was_started() {
    let seen = Seen::default();
    let operation = Client::new(starting(&seen)).start(METHOD, Request::new(())).await.unwrap();
    assert_eq!(operation.name(), NAME);
    assert_eq!(operation.to_string(), NAME);
    assert_eq!(operation.latest().unwrap().unwrap().metadata(), Some(&Step::default()));
    let expected = ("/test.v1.Shelves/Import".to_owned(), Some("test.v1.Shelves Import".to_owned()));
    assert_eq!(*seen.lock().unwrap(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn operations_may_be_kept_elsewhere() {
    let service = ScriptedService::new([after(1, Ok(succeeded(1)))]);
    let operations = lro::google::longrunning::operations_server::OperationsServer::new(service.clone());
    let seen = Seen::default();
    let client = Client::new(starting(&seen)).operations_transport(operations);
    let operation = client.start(METHOD, Request::new(())).await.unwrap();
    assert_eq!(operation.wait().await.unwrap(), response());
    assert_eq!((seen.lock().unwrap().len(), service.log().len()), (1, 1));
}

#[tokio::test]
async fn the_origin_is_put_before_the_path() {
    let seen = Seen::default();
    let client = Client::new(starting(&seen)).with_origin(http::Uri::from_static("https://library.example"));
    client.start(METHOD, Request::new(())).await.unwrap();
    assert_eq!(seen.lock().unwrap()[0].0, "https://library.example/test.v1.Shelves/Import");

    let half = client.with_origin(http::Uri::from_static("library.example:443"));
    let status = half.start(METHOD, Request::new(())).await.unwrap_err();
    assert_eq!(status.message(), "the origin `library.example:443` needs a scheme and an authority");
}

#[tokio::test]
async fn streams_go_both_ways() {
    let client = Client::new(echoing());
    let numbers = || tokio_stream::iter([1_i64, 2, 3].map(|seconds| Step { seconds, nanos: 0 }));

    let sum: Response<Step> = client.client_streaming("/test.v1.Numbers/Sum", numbers()).await.unwrap();
    assert_eq!(sum.get_ref().seconds, 6);

    let request = Request::new(Step { seconds: 2, nanos: 0 });
    let twice = client.server_streaming::<_, Step>("/test.v1.Numbers/Repeat", request).await.unwrap();
    assert_eq!(seconds(twice.into_inner()).await, [2, 2]);

    let echo = client.streaming::<_, Step>("/test.v1.Numbers/Echo", Request::new(numbers())).await.unwrap();
    assert_eq!(seconds(echo.into_inner()).await, [1, 2, 3]);
}

async fn seconds(mut steps: Streaming<Step>) -> Vec<i64> {
    let mut all = Vec::new();
    while let Some(step) = steps.message().await.unwrap() {
        all.push(step.seconds);
    }
    all
}

/// A transport to a service with one method of each streaming kind.
fn echoing() -> impl lro::codegen::Transport {
    type Steps = tokio_stream::Iter<std::vec::IntoIter<Result<Step, Status>>>;

    tower::service_fn(|request: http::Request<tonic::body::Body>| async move {
        let mut server = tonic::server::Grpc::new(ProstCodec::<Step, Step>::default());
        let sum = tower::service_fn(|request: Request<Streaming<Step>>| async {
            let seconds = seconds(request.into_inner()).await.iter().sum();
            Ok::<_, Status>(Response::new(Step { seconds, nanos: 0 }))
        });
        let repeat = tower::service_fn(|request: Request<Step>| async {
            let steps: Steps = tokio_stream::iter(vec![Ok(*request.get_ref()), Ok(request.into_inner())]);
            Ok::<_, Status>(Response::new(steps))
        });
        let echo = tower::service_fn(|request: Request<Streaming<Step>>| async {
            Ok::<_, Status>(Response::new(request.into_inner()))
        });
        Ok::<_, std::convert::Infallible>(match request.uri().path() {
            "/test.v1.Numbers/Sum" => server.client_streaming(sum, request).await,
            "/test.v1.Numbers/Repeat" => server.server_streaming(repeat, request).await,
            _ => server.streaming(echo, request).await,
        })
    })
}

#[tokio::test]
async fn a_path_that_is_none_is_a_status_and_not_a_panic() {
    let client = Client::new(unused());
    for path in ["", "/", "/Import", "Shelves/Import", "//Import", "/Shelves/", "/a/b?c", "/a b/c"] {
        let status = client.unary::<(), ()>(path, Request::new(())).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn limits_reach_the_calls_about_operations_too() {
    let service = ScriptedService::new([at_once(Ok(succeeded(1)))]);
    let client = service.client().max_decoding_message_size(1);
    let error = client.operation(METHOD, NAME).poll().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::OutOfRange);
}

#[tokio::test(start_paused = true)]
async fn cancel_and_delete_name_the_operation() {
    let service = ScriptedService::new([]);
    let operation = service.client().operation(METHOD, NAME);
    operation.cancel().await.unwrap();
    let error = operation.delete().await.unwrap_err();
    assert!(error.is_rpc());
    assert_eq!(error.status().unwrap().code(), Code::Unimplemented);
    assert_eq!(service.log(), [format!("0s cancel {NAME}"), format!("0s delete {NAME}")]);
}

#[test]
fn tonics_own_channels_and_interceptors_are_transports() {
    use tonic::service::interceptor::InterceptedService;
    use tonic::transport::Channel;

    type Intercepted = InterceptedService<Channel, fn(Request<()>) -> Result<Request<()>, Status>>;
    fn transport<T: lro::codegen::Transport>() {}
    transport::<Channel>();
    transport::<Intercepted>();
}

#[test]
fn clients_and_handles_can_be_shared_whatever_their_types() {
    // A type that is neither `Send` nor `Sync`. Handles hold no value of it.
    type Foreign = std::rc::Rc<()>;

    fn shared<T: Clone + std::fmt::Debug + Send + Sync + Unpin + 'static>() {}
    fn sent<T: std::fmt::Debug + Send + Unpin + 'static>() {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<RawOperation>();
    shared::<lro::Operation<Foreign, Foreign>>();
    shared::<lro::Method<Foreign, Foreign, Foreign>>();
    sent::<lro::Updates<Foreign, Foreign>>();
    error::<lro::OperationError>();
}
