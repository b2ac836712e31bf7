//! What the tests share: a method, and calls about operations.

use std::time::Duration;

use lro::Method;
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{
    CancelOperationRequest, GetOperationRequest, Operation, WaitOperationRequest, operation,
};
use lro::payload::unpack;
use lro::testing::script::{ScriptedServer, ScriptedTransport};
use tonic::{Code, Request, Status};

/// Well-known types take the place of an API's messages: the response is a timestamp, the metadata a duration. The request is a text, which is
/// also its id.
pub(crate) type Done = prost_types::Timestamp;
pub(crate) type Step = prost_types::Duration;
pub(crate) type Script = lro::testing::script::Script<Done, Step>;

pub(crate) const METHOD: Method<String, Done, Step> = Method::<String, _, _>::new(
    "/test.v1.Shelves/Import",
    "google.protobuf.StringValue",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
)
.with_request_id(|request| request, |request, id| *request = id);

pub(crate) type Asker = OperationsClient<ScriptedTransport>;

pub(crate) fn asker(server: &ScriptedServer) -> Asker {
    OperationsClient::new(server.transport()).max_decoding_message_size(16 << 20)
}

pub(crate) async fn get(asker: &Asker, name: &str) -> Result<Operation, Status> {
    let request = GetOperationRequest { name: name.to_owned() };
    Ok(asker.clone().get_operation(request).await?.into_inner())
}

pub(crate) async fn wait(asker: &Asker, name: &str, hold: Duration) -> Result<Operation, Status> {
    let timeout = Some(hold.try_into().unwrap());
    let request = WaitOperationRequest { name: name.to_owned(), timeout };
    Ok(asker.clone().wait_operation(request).await?.into_inner())
}

pub(crate) async fn cancel(asker: &Asker, name: &str) -> Result<(), Status> {
    let request = Request::new(CancelOperationRequest { name: name.to_owned() });
    asker.clone().cancel_operation(request).await.map(drop)
}

/// The code of the error; OK if there is none.
pub(crate) fn code<T>(result: &Result<T, Status>) -> Code {
    result.as_ref().err().map_or(Code::Ok, Status::code)
}

/// An operation in short: the step that it is at, and how it has ended.
pub(crate) fn told(operation: &Operation) -> String {
    let step = operation.metadata.clone().map(|metadata| unpack::<Step>(METHOD.metadata_type(), metadata));
    let step = step.map_or("no step".to_owned(), |step| format!("step {}", step.unwrap().seconds));
    let end = match &operation.result {
        None => "nothing".to_owned(),
        Some(operation::Result::Response(response)) => {
            unpack::<Done>(METHOD.response_type(), response.clone()).unwrap().seconds.to_string()
        }
        Some(operation::Result::Error(status)) => format!("code {}", status.code),
    };
    if operation.done { format!("{step}, ended with {end}") } else { step }
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn step(seconds: i64) -> Step {
    Step { seconds, nanos: 0 }
}

pub(crate) const fn done(seconds: i64) -> Done {
    Done { seconds, nanos: 0 }
}
