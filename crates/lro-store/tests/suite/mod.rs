//! What every store must do, as functions over any store and the clock it was given. Each wants a store that
//! is empty.

pub mod create;
pub mod lease;
pub mod life;
pub mod list;
pub mod request;

use std::sync::Arc;
use std::time::Duration;

use lro_store::{
    Claim, Failure, FailureCode, LeaseId, ListQuery, NewOperation, OperationName, Outcome, ParentPattern,
    Payload, Record, Store, WorkerId,
};

pub const METHOD: &str = "/test.Service/Work";
pub const LEASE: Duration = Duration::from_secs(30);

pub fn name(text: &str) -> OperationName {
    OperationName::parse(text).unwrap()
}

pub fn payload(content: &'static str) -> Payload {
    Payload::new("type.googleapis.com/test.Message", content)
}

pub fn response(content: &'static str) -> Outcome {
    Outcome::Response(payload(content))
}

pub fn operation(text: &str) -> NewOperation {
    NewOperation::new(name(text), METHOD, payload("request"))
}

pub fn worker(id: &str) -> WorkerId {
    WorkerId::new(id)
}

pub fn lease_id(record: &Record) -> LeaseId {
    record.lease_id().expect("the record is running")
}

pub fn failure_code(record: &Record) -> Option<FailureCode> {
    match record.outcome() {
        Some(Outcome::Error(Failure { code, .. })) => Some(*code),
        _ => None,
    }
}

pub async fn claim(store: &impl Store, id: &str, limit: usize) -> Vec<Record> {
    let claim = Claim { worker: worker(id), methods: vec![Arc::from(METHOD)], limit, lease: LEASE };
    store.claim(&claim).await.unwrap()
}

pub async fn list_names(store: &impl Store, parent: &str) -> Vec<String> {
    let query = ListQuery { parent: ParentPattern::parse(parent).unwrap(), after: None, limit: 1_000 };
    let page = store.list(&query).await.unwrap();
    page.records.iter().map(|record| record.name().to_string()).collect()
}
