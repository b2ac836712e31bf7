//! The stream of an operation's states, which some methods answer with.

use bytes::Bytes;
use tonic::{Status, Streaming};

use crate::OperationRpcs;
use crate::client::codec::read;
use crate::google::longrunning::Operation;

/// A stream of states, until it breaks.
#[derive(Debug)]
pub(in crate::client) struct Feed {
    stream: Streaming<Bytes>,
    rpcs: &'static OperationRpcs,
}

impl Feed {
    /// Waits for the first state, without which a stream is no answer of the RPC at `path`.
    pub(in crate::client) async fn begin(
        stream: Streaming<Bytes>,
        rpcs: &'static OperationRpcs,
        path: &'static str,
    ) -> Result<(Operation, Self), Status> {
        let mut feed = Self { stream, rpcs };
        match feed.next().await? {
            Some(first) => Ok((first, feed)),
            None => {
                Err(Status::unavailable(format!("the stream of `{path}` ended before it named an operation")))
            }
        }
    }

    /// The next state; `None` after the last. Cancel-safe.
    pub(in crate::client) async fn next(&mut self) -> Result<Option<Operation>, Status> {
        self.stream.message().await?.map(|answer| read(self.rpcs, answer)).transpose()
    }
}
