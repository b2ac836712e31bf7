//! What a start hook does unless it is implemented.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Status;

use super::Start;

/// Starts an operation and says no more of it.
///
/// Each hook of every service is one. It is a type of its own, which says by itself that it can be sent to other threads, because the
/// compiler has to look at the body of a hook for that otherwise, and through all that a [`Start`] holds.
pub struct PlainStart<Meta>(PhantomData<fn() -> Meta>);

/// What a start hook does unless it is implemented: it starts the operation, and says no more.
pub fn plain_start<Meta>() -> PlainStart<Meta> {
    PlainStart(PhantomData)
}

impl<Meta> Future for PlainStart<Meta> {
    type Output = Result<Start<Meta>, Status>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(Start::new()))
    }
}

impl<Meta> fmt::Debug for PlainStart<Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainStart")
    }
}
