//! Ids and routing headers, from the typed client to the server that sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use compile_tests::routing::depots_lro::{DepotsLro, DepotsLroClient, DepotsLroServer, LOSE, RETURN, SEND};
use compile_tests::routing::{
    GetRequest, LoseRequest, Parcel, ReturnRequest, SendRequest, Size, return_request::TargetOneOf,
};
use lro::store::MemoryStore;
use lro::{Context, Engine, Start};
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

/// Answers with parcels whose name is the id of the request.
#[derive(Debug, Clone, Default)]
struct Depots {
    /// The id of the last request.
    id: Arc<Mutex<String>>,
}

impl Depots {
    fn see(&self, id: &str) {
        id.clone_into(&mut self.id.lock().unwrap());
    }

    fn id(&self) -> String {
        self.id.lock().unwrap().clone()
    }
}

impl DepotsLro for Depots {
    type WatchStream = tokio_stream::Empty<Result<Parcel, Status>>;

    async fn start_send(&self, request: &Request<SendRequest>) -> Result<Start<Parcel>, Status> {
        self.see(&request.get_ref().request_id);
        Ok(Start::new().parent("depots/1"))
    }

    async fn send(&self, _: SendRequest, _: Context<Parcel>) -> Result<Parcel, Status> {
        Ok(Parcel::default())
    }

    async fn start_return(&self, request: &Request<ReturnRequest>) -> Result<Start<Parcel>, Status> {
        self.see(request.get_ref().request_id.as_deref().unwrap_or("none"));
        Ok(Start::new())
    }

    async fn r#return(&self, _: ReturnRequest, _: Context<Parcel>) -> Result<Parcel, Status> {
        Ok(Parcel::default())
    }

    async fn start_lose(&self, request: &Request<LoseRequest>) -> Result<Start<Parcel>, Status> {
        self.see(&request.get_ref().request_id);
        Ok(Start::new())
    }

    async fn lose(&self, _: LoseRequest, _: Context<Parcel>) -> Result<Parcel, Status> {
        Ok(Parcel::default())
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<Parcel>, Status> {
        self.see(&request.get_ref().request_id);
        Ok(Response::new(Parcel::default()))
    }

    async fn watch(&self, request: Request<GetRequest>) -> Result<Response<Self::WatchStream>, Status> {
        self.see(&request.get_ref().request_id);
        Ok(Response::new(tokio_stream::empty()))
    }

    async fn collect(&self, _: Request<Streaming<GetRequest>>) -> Result<Response<Parcel>, Status> {
        Ok(Response::new(Parcel::default()))
    }
}

/// The method and the routing header of each call that came.
type Headers = Arc<Mutex<Vec<(String, Option<String>)>>>;

fn serve() -> (Depots, DepotsLroClient, Headers) {
    let engine = Engine::builder(MemoryStore::new()).build();
    let (depots, headers) = (Depots::default(), Headers::default());
    let routes =
        Routes::new(DepotsLroServer::serve(depots.clone(), &engine)).add_service(engine.operations_server());
    let seen = Arc::clone(&headers);
    let routes = routes.into_axum_router().layer(tower::util::MapRequestLayer::new(
        move |request: http::Request<_>| {
            let header = request.headers().get("x-goog-request-params");
            let header = header.map(|value| value.to_str().unwrap().to_owned());
            let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
            seen.lock().unwrap().push((method, header));
            request
        },
    ));
    (depots, DepotsLroClient::new(Routes::from(routes)), headers)
}

fn last(headers: &Headers) -> (String, Option<String>) {
    headers.lock().unwrap().last().expect("a call was made").clone()
}

fn call(method: &str, header: &str) -> (String, Option<String>) {
    (method.to_owned(), Some(header.to_owned()))
}

#[tokio::test]
async fn an_explicit_rule_takes_the_place_of_the_http_path() {
    let (_, client, headers) = serve();
    let request = SendRequest {
        depot: "regions/north/depots/a b/parcels/1".to_owned(),
        profile: "fast/é".to_owned(),
        parcel: Some(Parcel { size: Some(Size::Large.into()), ..Parcel::default() }),
        ..SendRequest::default()
    };
    client.send(request.clone()).await.unwrap();
    let expected = "depot=depots%2Fa%20b&routing_id=fast%2F%C3%A9&parcel.size=LARGE";
    assert_eq!(last(&headers), call("Send", expected));

    client.send(SendRequest { depot: "depots/1".to_owned(), parcel: None, ..request }).await.unwrap();
    assert_eq!(last(&headers), call("Send", "routing_id=fast%2F%C3%A9"));

    client.send(SendRequest::default()).await.unwrap();
    assert_eq!(last(&headers), ("Send".to_owned(), None));
}

#[tokio::test]
async fn the_http_paths_name_fields_of_every_kind() {
    let (_, client, headers) = serve();
    let request = ReturnRequest {
        parcel: Some(Parcel { name: "parcels/1".to_owned(), size: None }),
        r#type: "box".to_owned(),
        number: -7,
        size: Size::Large.into(),
        target: Some(TargetOneOf::Depot("depots/2".to_owned())),
        urgent: Some(false),
        ..ReturnRequest::default()
    };
    client.r#return(request.clone()).await.unwrap();
    let common = "parcel.name=parcels%2F1&type=box&number=-7&size=LARGE";
    assert_eq!(last(&headers), call("Return", &format!("{common}&depot=depots%2F2&urgent=false")));

    let other = Parcel { name: "parcels/2".to_owned(), size: None };
    let request =
        ReturnRequest { target: Some(TargetOneOf::Other(other)), urgent: None, size: 99, ..request };
    client.r#return(request).await.unwrap();
    let expected = "parcel.name=parcels%2F1&type=box&number=-7&other.name=parcels%2F2";
    assert_eq!(last(&headers), call("Return", expected));
}

#[tokio::test]
async fn plain_and_server_streaming_calls_are_routed_and_client_streaming_ones_are_not() {
    let (_, client, headers) = serve();
    let request = GetRequest { name: "parcels/1".to_owned(), ..GetRequest::default() };
    client.get(request.clone()).await.unwrap();
    assert_eq!(last(&headers), call("Get", "name=parcels%2F1"));
    client.watch(request.clone()).await.unwrap();
    assert_eq!(last(&headers), call("Watch", "name=parcels%2F1"));
    client.collect(tokio_stream::iter([request.clone()])).await.unwrap();
    assert_eq!(last(&headers), ("Collect".to_owned(), None));

    let mut own = Request::new(request);
    own.metadata_mut().insert("x-goog-request-params", "name=mine".parse().unwrap());
    client.get(own).await.unwrap();
    assert_eq!(last(&headers), call("Get", "name=mine"));
}

#[tokio::test]
async fn what_is_asked_about_an_operation_is_routed_by_its_name() {
    let (_, client, headers) = serve();
    let started = client.send(SendRequest::default()).await.unwrap();
    started.wait().await.unwrap();
    let named = format!("name={}", started.name().replace('/', "%2F"));
    assert!(named.starts_with("name=depots%2F1%2Foperations%2F"), "{named}");
    assert_eq!(last(&headers), call("WaitOperation", &named));

    let again = client.operation(SEND, started.name());
    again.poll().await.unwrap();
    assert_eq!(last(&headers), call("GetOperation", &named));
    again.cancel().await.unwrap();
    assert_eq!(last(&headers), call("CancelOperation", &named));
    again.delete().await.unwrap();
    assert_eq!(last(&headers), call("DeleteOperation", &named));
}

#[tokio::test]
async fn a_method_without_any_rule_still_routes_its_operations() {
    let (_, client, headers) = serve();
    let started = client.lose(LoseRequest::default()).await.unwrap();
    assert_eq!(last(&headers), ("Lose".to_owned(), None));
    started.with_timeout(Duration::from_secs(60)).wait().await.unwrap();
    assert!(last(&headers).1.is_some_and(|header| header.starts_with("name=operations%2F")));
    assert!(LOSE.has_routing());
}

#[tokio::test]
async fn ids_are_filled_in_where_they_are_missing_and_kept_where_not() {
    let (depots, client, _) = serve();
    let is_uuid4 = |id: &str| id.len() == 36 && id.as_bytes()[14] == b'4';

    client.send(SendRequest::default()).await.unwrap();
    let first = depots.id();
    assert!(is_uuid4(&first), "{first}");
    client.send(SendRequest::default()).await.unwrap();
    assert_ne!(depots.id(), first);
    client.send(SendRequest { request_id: "mine".to_owned(), ..SendRequest::default() }).await.unwrap();
    assert_eq!(depots.id(), "mine");

    for (given, kept) in [(None, false), (Some(String::new()), true), (Some("mine".to_owned()), true)] {
        client
            .r#return(ReturnRequest { request_id: given.clone(), ..ReturnRequest::default() })
            .await
            .unwrap();
        assert_eq!(Some(depots.id()) == given, kept, "{given:?}");
        assert!(kept || is_uuid4(&depots.id()));
    }

    client.get(GetRequest::default()).await.unwrap();
    assert!(is_uuid4(&depots.id()));
    client.watch(GetRequest { request_id: "mine".to_owned(), ..GetRequest::default() }).await.unwrap();
    assert_eq!(depots.id(), "mine");

    client.lose(LoseRequest::default()).await.unwrap();
    assert_eq!(depots.id(), "", "a field that nothing says to be an id is left alone");
}

#[test]
fn constants_know_the_standard_fields() {
    let request = SendRequest { request_id: "a".to_owned(), validate_only: true, ..SendRequest::default() };
    assert_eq!((SEND.request_id(&request), SEND.validate_only(&request)), (Some("a"), true));
    let request = ReturnRequest { validate_only: Some(true), ..ReturnRequest::default() };
    assert_eq!((RETURN.request_id(&request), RETURN.validate_only(&request)), (Some(""), true));
    let request = LoseRequest { request_id: "a".to_owned() };
    assert_eq!((LOSE.request_id(&request), LOSE.validate_only(&request)), (None, false));
}
