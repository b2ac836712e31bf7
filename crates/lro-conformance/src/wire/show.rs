//! Messages as a person reads them in a report.

use std::fmt::Write as _;

use prost_types::Any;

use super::longrunning::{
    ListOperationsRequest, ListOperationsResponse, NameRequest, Operation, WaitOperationRequest,
};
use super::rpc::Status;

/// The longest text that a report shows of a field.
const LONGEST: usize = 120;

/// How many operations of a page a report shows.
const MOST: usize = 5;

/// Something that a report shows on one line.
pub(crate) trait Show {
    fn show(&self) -> String;
}

impl Show for () {
    fn show(&self) -> String {
        "Empty {}".to_owned()
    }
}

impl Show for Operation {
    fn show(&self) -> String {
        let mut text = format!("Operation {{ name: {}, done: {}", quote(&self.name), self.done);
        if let Some(metadata) = &self.metadata {
            let _ = write!(text, ", metadata: {}", any(metadata));
        }
        if let Some(error) = &self.error {
            let _ = write!(text, ", error: {}", error.show());
        }
        if let Some(response) = &self.response {
            let _ = write!(text, ", response: {}", any(response));
        }
        text + " }"
    }
}

impl Show for Status {
    fn show(&self) -> String {
        let details: Vec<_> = self.details.iter().map(|detail| detail.type_url.clone()).collect();
        format!("{{ code: {}, message: {}, details: {details:?} }}", self.code, quote(&self.message))
    }
}

impl Show for ListOperationsResponse {
    fn show(&self) -> String {
        let count = self.operations.len();
        let names: Vec<_> =
            self.operations.iter().take(MOST).map(|operation| quote(&operation.name)).collect();
        let more = if count > MOST { ", …" } else { "" };
        let token = quote(&self.next_page_token);
        format!("{{ {count} operations: [{}{more}], next_page_token: {token} }}", names.join(", "))
    }
}

impl Show for NameRequest {
    fn show(&self) -> String {
        format!("{{ name: {} }}", quote(&self.name))
    }
}

impl Show for WaitOperationRequest {
    fn show(&self) -> String {
        let timeout = self.timeout.map_or_else(|| "unset".to_owned(), |timeout| timeout.to_string());
        format!("{{ name: {}, timeout: {timeout} }}", quote(&self.name))
    }
}

impl Show for ListOperationsRequest {
    fn show(&self) -> String {
        let mut text = format!("{{ name: {}", quote(&self.name));
        if !self.filter.is_empty() {
            let _ = write!(text, ", filter: {}", quote(&self.filter));
        }
        let _ = write!(text, ", page_size: {}", self.page_size);
        if !self.page_token.is_empty() {
            let _ = write!(text, ", page_token: {}", quote(&self.page_token));
        }
        if self.return_partial_success {
            text += ", return_partial_success: true";
        }
        text + " }"
    }
}

impl Show for tonic::Status {
    fn show(&self) -> String {
        format!("{:?}: {}", self.code(), quote(self.message()))
    }
}

fn any(any: &Any) -> String {
    format!("{} ({} bytes)", quote(&any.type_url), any.value.len())
}

/// A text in quotes, cut where it is too long for a report.
fn quote(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
    }
}
