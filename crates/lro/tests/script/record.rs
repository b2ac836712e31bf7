//! What the server knows of the calls that have arrived.

use std::time::Duration;

use lro::google::longrunning::WaitOperationRequest;
use lro::testing::script::{Rpc, ScriptedServer};
use tokio::time::sleep;
use tonic::Request;

use crate::support::{METHOD, Script, asker, cancel, get, seconds};

#[tokio::test(start_paused = true)]
async fn calls_are_recorded_in_order_with_all_that_they_say() {
    let server = ScriptedServer::new();
    let mut asker = asker(&server);
    let name = server.start(METHOD, Script::new());
    sleep(seconds(2)).await;
    get(&asker, &name).await.unwrap();
    let hold = Some(prost_types::Duration { seconds: 3, nanos: 0 });
    let mut request = Request::new(WaitOperationRequest { name: name.clone(), timeout: hold });
    request.metadata_mut().insert("x-tenant", "acme".parse().unwrap());
    request.set_timeout(Duration::from_millis(3500));
    asker.wait_operation(request).await.unwrap();
    cancel(&asker, "operations/unknown").await.unwrap_err();

    let calls = server.calls();
    let rpcs: Vec<_> = calls.iter().map(|call| (call.rpc(), call.at().as_secs())).collect();
    assert_eq!(rpcs, [(Rpc::Get, 2), (Rpc::Wait, 2), (Rpc::Cancel, 5)]);
    let wait = &calls[1];
    assert_eq!(wait.path(), "/google.longrunning.Operations/WaitOperation");
    assert_eq!((wait.operation(), wait.hold()), (Some(&*name), Some(seconds(3))));
    assert_eq!((wait.header("x-tenant"), wait.timeout()), (Some("acme"), Some(Duration::from_millis(3500))));
    assert_eq!((calls[0].header("x-tenant"), calls[0].timeout(), calls[0].hold()), (None, None, None));
    assert_eq!(calls[2].operation(), Some("operations/unknown"));
}
