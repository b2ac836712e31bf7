//! What errors say.

use lro::google::rpc::{self, ErrorInfo};
use prost::Message as _;
use tonic::{Code, Status};

use crate::fault::Fault;

/// The error as the fault has it.
pub(super) fn alter(fault: Fault, status: Status) -> Status {
    let is_hidden = super::access::is_hidden(&status);
    let is_malformed = status.code() == Code::InvalidArgument;
    match fault {
        Fault::UnknownIsInternal if is_hidden => Status::internal("no rows in result set"),
        Fault::MalformedIsInternal if is_malformed => Status::internal("cannot parse"),
        Fault::MalformedIsNotFound if is_malformed => Status::not_found("there is no such operation"),
        Fault::ErrorsHaveNoDetails => Status::new(status.code(), status.message()),
        Fault::ErrorsHaveNoMessage => with(&status, |details| details.message.clear()),
        Fault::ErrorReasonsAreSentences => with(&status, |details| {
            let info =
                ErrorInfo { reason: "not found".to_owned(), domain: "x".to_owned(), ..ErrorInfo::default() };
            details.details = vec![lro::Any::from_msg(&info).expect("it has a name and can be encoded")];
        }),
        Fault::ErrorDetailsHaveAnotherCode => with_details(&status, |details| details.code = 2),
        Fault::ErrorDetailsRepeat => with(&status, |details| {
            let again = details.details.clone();
            details.details.extend(again);
        }),
        Fault::ErrorsShowInsides => with(&status, |details| {
            "thread 'main' panicked at src/store.rs:12: no such row".clone_into(&mut details.message);
        }),
        _ => status,
    }
}

/// With other details, and their message.
fn with(status: &Status, change: impl FnOnce(&mut rpc::Status)) -> Status {
    let mut details = rpc::Status::decode(status.details()).unwrap_or_default();
    change(&mut details);
    Status::with_details(status.code(), details.message.clone(), details.encode_to_vec().into())
}

/// With other details alone.
fn with_details(status: &Status, change: impl FnOnce(&mut rpc::Status)) -> Status {
    let mut details = rpc::Status::decode(status.details()).unwrap_or_default();
    change(&mut details);
    Status::with_details(status.code(), status.message(), details.encode_to_vec().into())
}
