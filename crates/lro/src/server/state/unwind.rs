//! Panics of code that is not the engine's own.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// What a future gives, or the text of the panic that ended it. What the panic left half-done is not looked at
/// again: the future is dropped.
pub(in crate::server) async fn catch<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic_text(&*panic).to_owned())),
    })
    .await
}

/// The text of a panic.
pub(in crate::server) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_its_text_also_after_a_pause() {
        assert_eq!(catch(async { 7 }).await, Ok(7));
        let late = async {
            tokio::task::yield_now().await;
            panic!("number {}", 7)
        };
        assert_eq!(
            catch::<std::pin::Pin<Box<dyn Future<Output = ()>>>>(Box::pin(late)).await,
            Err("number 7".to_owned())
        );
    }
}
