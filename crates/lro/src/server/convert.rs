//! Records as the messages that clients see.

use lro_store::{Failure, Outcome, Payload, Record};
use prost_types::Any;

use crate::google::longrunning::{Operation, operation};
use crate::google::rpc;

pub(super) fn to_operation(record: &Record) -> Operation {
    Operation {
        name: record.name().to_string(),
        metadata: record.metadata().map(to_any),
        done: record.is_done(),
        result: record.outcome().map(|outcome| match outcome {
            Outcome::Response(response) => operation::Result::Response(to_any(response)),
            Outcome::Error(failure) => operation::Result::Error(to_rpc_status(failure)),
        }),
    }
}

pub(super) fn to_any(payload: &Payload) -> Any {
    Any { type_url: payload.type_url.clone(), value: payload.value.to_vec() }
}

pub(super) fn to_payload(any: Any) -> Payload {
    Payload::new(any.type_url, any.value)
}

fn to_rpc_status(failure: &Failure) -> rpc::Status {
    rpc::Status {
        code: failure.code.number(),
        message: failure.message.clone(),
        details: failure.details.iter().map(to_any).collect(),
    }
}
