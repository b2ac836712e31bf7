//! Whether the server filters lists.

use std::collections::BTreeMap;

use lro::google::longrunning::ListOperationsRequest;
use lro::google::longrunning::operations_client::OperationsClient;
use tonic::Code;
use tonic::transport::Endpoint;

use crate::Result;
use crate::check::Check;

/// The checks that are left out, with why: that of filters, while the server says that it has none.
///
/// Once all servers filter, this file goes, and with it what calls it.
pub(crate) async fn left_out(address: &str) -> Result<BTreeMap<Check, &'static str>> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let request = ListOperationsRequest { filter: "done = true".to_owned(), ..Default::default() };
    match OperationsClient::new(channel).list_operations(request).await {
        Err(status) if status.code() == Code::Unimplemented => {
            Ok([(Check::Filter, "the server does not filter")].into())
        }
        // Whatever else it is, the clients tell.
        _ => Ok(BTreeMap::new()),
    }
}
