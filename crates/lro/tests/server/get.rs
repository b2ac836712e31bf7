//! Chapter `GetOperation`.

use std::time::Duration;

use lro::google::rpc;
use tonic::Code;

use crate::support::{Server, detail, memory_store, metadata, reason};

#[tokio::test(start_paused = true)]
async fn get_returns_the_latest_state() {
    let mut server = Server::new();
    let name = server.begin("report and wait").await;
    while metadata(&server.get(&name).await.unwrap()) != Some(50) {
        tokio::task::yield_now().await;
    }
    server.service.gate.add_permits(1);
    server.end(&name).await;
    let done = server.get(&name).await.unwrap();
    assert!(done.done);
    assert_eq!(metadata(&done), Some(50), "the last progress stays");
}

#[tokio::test(start_paused = true)]
async fn unknown_deleted_and_expired_get_one_and_the_same_answer() {
    let retention = Duration::from_secs(90);
    let server = Server::with(memory_store(), |builder| builder.retention(retention));
    let deleted = server.start("succeed").await;
    server.end(&deleted).await;
    server.delete(&deleted).await.unwrap();
    let expired = server.start("succeed").await;
    server.end(&expired).await;
    tokio::time::sleep(retention * 2).await;
    for name in ["operations/never", &deleted, &expired] {
        let status = server.get(name).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "OPERATION_NOT_FOUND"));
        let expected = format!("there is no operation {name}; it may have been deleted or have expired");
        assert_eq!(status.message(), expected);
        let resource = detail::<rpc::ResourceInfo>(&status).unwrap();
        assert_eq!(resource.resource_name, *name);
        assert_eq!(resource.resource_type, "google.longrunning.Operation");
    }
}
