//! How an error with its details comes together.

use std::collections::HashMap;

use lro_store::OperationName;
use prost::{Message, Name};
use prost_types::Any;
use tonic::Status;

use super::reason::Reason;
use crate::google::rpc::{self, ErrorInfo, ResourceInfo, RetryInfo};
use crate::payload;

/// When a client may try again what a moment has prevented.
const RETRY_DELAY: prost_types::Duration = prost_types::Duration { seconds: 1, nanos: 0 };

/// An error of this domain.
pub(super) struct Builder<'a> {
    domain: &'a str,
    reason: Reason,
    message: String,
    metadata: HashMap<String, String>,
    details: Vec<Any>,
}

impl Builder<'_> {
    pub(super) fn new(domain: &str, reason: Reason, message: String) -> Builder<'_> {
        Builder { domain, reason, message, metadata: HashMap::new(), details: Vec::new() }
    }

    pub(super) fn with<M: Name>(mut self, detail: &M) -> Self {
        self.details.push(payload::pack(&M::full_name(), detail));
        self
    }

    /// The call may be tried again after a while.
    pub(super) fn retry(self) -> Self {
        self.with(&RetryInfo { retry_delay: Some(RETRY_DELAY) })
    }

    /// The error is about this operation.
    pub(super) fn about(mut self, name: &OperationName) -> Self {
        self.metadata.insert("operation".to_owned(), name.to_string());
        self.with(&ResourceInfo {
            resource_type: "google.longrunning.Operation".to_owned(),
            resource_name: name.to_string(),
            ..ResourceInfo::default()
        })
    }

    pub(super) fn status(mut self) -> Status {
        let info = ErrorInfo {
            reason: self.reason.name.to_owned(),
            domain: self.domain.to_owned(),
            metadata: std::mem::take(&mut self.metadata),
        };
        let mut this = self.with(&info);
        // ErrorInfo comes first, where readers look for it.
        this.details.rotate_right(1);
        let details = rpc::Status {
            code: this.reason.code.into(),
            message: this.message.clone(),
            details: this.details,
        };
        Status::with_details(this.reason.code, this.message, details.encode_to_vec().into())
    }
}
