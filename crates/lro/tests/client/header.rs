//! What clients add to requests: ids and routing headers.

use std::sync::{Arc, Mutex};

use lro::codegen::routed;
use lro::google::longrunning::Operation;
use lro::{Client, Method, Routing};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::scripted_service::{DONE, Done, METHOD, NAME, STEP, Step, running};

/// A request is a text, which is both its id and its routing parameter.
const ROUTED: Method<String, Done, Step> =
    Method::<String, _, _>::new("/test.v1.Shelves/Move", "google.protobuf.StringValue", DONE, STEP)
        .with_request_id(|request| request, |request, id| *request = id)
        .with_routing(|request| Routing::new().field("id", request));

const NAME_ENCODED: &str = "name=shelves%2F1%2Foperations%2F7";

/// The method, the routing header and the message of a call.
type Call = (String, Option<String>, String);

/// All calls that have arrived.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<Call>>>);

impl Seen {
    /// A client of a server that answers every call with an operation that runs.
    fn client(&self) -> Client {
        let seen = self.clone();
        Client::new(tower::service_fn(move |request: http::Request<tonic::body::Body>| {
            let seen = seen.clone();
            async move {
                let header = request.headers().get("x-goog-request-params");
                let header = header.map(|value| value.to_str().unwrap().to_owned());
                let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
                let answer = tower::service_fn(|message: Request<String>| {
                    seen.0.lock().unwrap().push((method.clone(), header.clone(), message.into_inner()));
                    async { Ok::<_, Status>(Response::new(running(0))) }
                });
                let mut server = tonic::server::Grpc::new(ProstCodec::<Operation, String>::default());
                Ok::<_, std::convert::Infallible>(server.unary(answer, request).await)
            }
        }))
    }

    fn last(&self) -> Call {
        self.0.lock().unwrap().last().expect("a call was made").clone()
    }

    /// The method and the routing header of each call.
    fn headers(&self) -> Vec<(String, Option<String>)> {
        self.0.lock().unwrap().iter().map(|(method, header, _)| (method.clone(), header.clone())).collect()
    }
}

#[tokio::test]
async fn a_request_without_an_id_gets_a_random_one() {
    let seen = Seen::default();
    let client = seen.client();
    let mut ids = Vec::new();
    for _ in 0..2 {
        client.start(ROUTED, Request::new(String::new())).await.unwrap();
        let (_, header, id) = seen.last();
        assert_eq!(header, Some(format!("id={id}")), "the header is made after the id");
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 4);
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn an_id_that_the_caller_has_set_stays() {
    let seen = Seen::default();
    seen.client().start(ROUTED, Request::new("my id".to_owned())).await.unwrap();
    assert_eq!(seen.last(), ("Move".to_owned(), Some("id=my%20id".to_owned()), "my id".to_owned()));
}

#[tokio::test]
async fn a_header_that_the_caller_has_set_stays() {
    let seen = Seen::default();
    let mut request = Request::new("a".to_owned());
    request.metadata_mut().insert("x-goog-request-params", "id=b".parse().unwrap());
    let plain = routed(request, |text| Routing::new().field("id", text));
    let _: Response<()> = seen.client().unary("/test.v1.Shelves/Get", plain).await.unwrap();
    assert_eq!(seen.last().1, Some("id=b".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn calls_about_an_operation_name_it_if_its_method_routes() {
    let seen = Seen::default();
    let operation = seen.client().operation(ROUTED, NAME);
    operation.poll().await.unwrap();
    operation.cancel().await.unwrap();
    operation.untyped().delete().await.unwrap();
    let short = operation.with_timeout(std::time::Duration::from_secs(1));
    assert!(short.wait().await.unwrap_err().is_timed_out());
    let named = Some(NAME_ENCODED.to_owned());
    let expected = ["GetOperation", "CancelOperation", "DeleteOperation", "WaitOperation"];
    assert_eq!(seen.headers()[..4], expected.map(|method| (method.to_owned(), named.clone())));
}

#[tokio::test]
async fn an_operation_that_was_started_with_a_header_is_asked_for_with_one() {
    let seen = Seen::default();
    let operation = seen.client().start(ROUTED, Request::new("a".to_owned())).await.unwrap();
    operation.poll().await.unwrap();
    assert_eq!(seen.last().1.as_deref(), Some(NAME_ENCODED));
}

#[tokio::test]
async fn without_routing_there_is_no_header_at_all() {
    let seen = Seen::default();
    let client = seen.client();
    let operation = client.start(METHOD, Request::new(())).await.unwrap();
    operation.poll().await.unwrap();
    let nothing = routed(Request::new(String::new()), |text| Routing::new().field("id", text));
    let _: Response<()> = client.unary("/test.v1.Shelves/Get", nothing).await.unwrap();
    assert_eq!(seen.headers().into_iter().map(|(_, header)| header).collect::<Vec<_>>(), [None, None, None]);
}
