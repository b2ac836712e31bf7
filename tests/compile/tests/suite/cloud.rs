//! An API whose operations are their own responses: its typed client, against a server with a script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use compile_tests::cloud::disk_service_lro::{CREATE, DELETE, DiskServiceLroClient};
use compile_tests::cloud::disk_service_server::{DiskService, DiskServiceServer};
use compile_tests::cloud::operation_service_server::{OperationService, OperationServiceServer};
use compile_tests::cloud::{
    DiskRequest, GetOperationRequest, ListOperationsRequest, ListOperationsResponse, Operation,
};
use lro::Polling;
use lro::google::rpc;
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status, async_trait};

/// Makes a disk by the second look at it, and has no other to forget.
#[derive(Clone, Default)]
struct Cloud(Arc<Mutex<Vec<String>>>);

fn operation(id: &str, status: Option<i32>) -> Operation {
    let status = status.map(|code| rpc::Status { code, message: "no such disk".to_owned(), details: vec![] });
    Operation { id: id.to_owned(), resource_id: "disk-7".to_owned(), status, ..Default::default() }
}

impl Cloud {
    fn note(&self, asked: String) -> usize {
        let mut log = self.0.lock().unwrap();
        log.push(asked);
        log.len()
    }

    fn client(&self) -> DiskServiceLroClient {
        let routes = Routes::new(DiskServiceServer::new(self.clone()))
            .add_service(OperationServiceServer::new(self.clone()));
        let polling = Polling::new()
            .with_initial_delay(Duration::from_millis(1))
            .with_max_delay(Duration::from_millis(1));
        lro::Client::new(routes.prepare()).polling(polling).into()
    }
}

#[async_trait]
impl OperationService for Cloud {
    async fn get(&self, request: Request<GetOperationRequest>) -> Result<Response<Operation>, Status> {
        let id = request.into_inner().id;
        let looks = self.note(format!("get {id}"));
        Ok(Response::new(operation(&id, (looks > 1).then_some(0))))
    }

    async fn list(
        &self,
        request: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        let ListOperationsRequest { resource_id, page_size, page_token } = request.into_inner();
        self.note(format!("list {resource_id} {page_size} {page_token:?}"));
        let page = |operations: &[Operation], next: &str| ListOperationsResponse {
            operations: operations.to_vec(),
            next_page_token: next.to_owned(),
        };
        Ok(Response::new(match page_token {
            None => page(&[operation("o1", Some(0)), operation("o2", Some(5))], "more"),
            Some(_) => page(&[operation("o3", None)], ""),
        }))
    }
}

#[async_trait]
impl DiskService for Cloud {
    async fn create(&self, _: Request<DiskRequest>) -> Result<Response<Operation>, Status> {
        Ok(Response::new(operation("o1", None)))
    }

    async fn delete(&self, _: Request<DiskRequest>) -> Result<Response<Operation>, Status> {
        Ok(Response::new(operation("o2", Some(Code::NotFound as i32))))
    }
}

#[tokio::test]
async fn what_is_done_is_the_operation_with_what_it_has_changed() {
    let cloud = Cloud::default();
    let started = cloud.client().create(DiskRequest::default()).await.unwrap();
    assert_eq!(started.latest().unwrap().unwrap().metadata().unwrap().resource_id, "disk-7");
    let done: Operation = started.wait().await.unwrap();
    assert_eq!((done.id.as_str(), done.resource_id.as_str()), ("o1", "disk-7"));
    assert_eq!(*cloud.0.lock().unwrap(), ["get o1", "get o1"]);
}

#[tokio::test]
async fn a_status_that_is_not_ok_is_the_error() {
    let failed = Cloud::default().client().delete(DiskRequest::default()).await.unwrap();
    let error = failed.wait().await.unwrap_err();
    let status = error.status().unwrap();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "no such disk"));
}

#[tokio::test]
async fn what_a_resource_went_through_is_listed_with_handles() {
    let cloud = Cloud::default();
    let mut list = cloud.client().operations().list("disk-7").of(CREATE).page_size(2);
    let mut seen = Vec::new();
    while let Some(operation) = list.next().await {
        let operation = operation.unwrap();
        seen.push((operation.name().to_owned(), operation.latest().unwrap().unwrap().is_done()));
    }
    assert_eq!(seen, [("o1".to_owned(), true), ("o2".to_owned(), true), ("o3".to_owned(), false)]);
    assert_eq!(*cloud.0.lock().unwrap(), ["list disk-7 2 None", "list disk-7 2 Some(\"more\")"]);
    let mut filtered = cloud.client().operations().by(DELETE).list("disk-7").filter("done");
    let refused = filtered.next().await.unwrap();
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument, "the API has no filter");
}
