//! An operation as a stream of updates.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::FusedStream;
use prost::Message;
use prost_types::Any;
use tracing::Instrument as _;

use super::Operation;
use super::error::OperationError;
use super::follow::Follow;
use crate::client::failure::Kind;
use crate::google::longrunning;
use crate::payload;

/// How often the client asks for news, unless the caller says otherwise.
pub(in crate::client) const INTERVAL: Duration = Duration::from_secs(1);

/// An item of [`Updates`].
#[derive(Debug, Clone, PartialEq)]
pub enum Update<Res, Meta> {
    /// The metadata has changed; this is the new one.
    Progress(Meta),
    /// The response, which is the last item.
    Done(Res),
}

/// An operation as a stream: its metadata each time that it changes, and finally its response.
///
/// ```no_run
/// # async fn example(operation: lro::Operation<(), ()>) -> Result<(), lro::OperationError> {
/// use lro::Update;
///
/// let mut updates = operation.updates();
/// while let Some(update) = updates.next().await {
///     match update? {
///         Update::Progress(metadata) => println!("{metadata:?}"),
///         Update::Done(response) => println!("done: {response:?}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// The client asks for news every second, or as often as [`with_interval`](Self::with_interval) says, but together with all handles of
/// the client no more often than [`Client::max_polls_per_second`](super::Client::max_polls_per_second) allows. What comes and goes between two
/// looks is not seen. Any number of streams and handles of one operation share its calls.
///
/// An error is also the last item. The stream does not report errors that pass (see [`Operation::wait`]). The
/// client asks only while there is somebody who waits: after the first item was asked for, and until the stream is dropped. The stream leaves out metadata of another type
/// than declared, which [`Operation::poll`] shows. Dropping the stream loses nothing: the operation goes on,
/// and the handle can follow it again.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Updates<Res, Meta> {
    operation: Operation<Res, Meta>,
    /// The future of the next item; `None` after the last item.
    step: Option<Step<Res, Meta>>,
}

type Item<Res, Meta> = Result<Update<Res, Meta>, OperationError>;
type Step<Res, Meta> = Pin<Box<dyn Future<Output = (Follower<Res, Meta>, Item<Res, Meta>)> + Send>>;

impl<Res, Meta> Operation<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Follows the operation: its metadata each time that it changes, and finally its response.
    ///
    /// The client asks for news every second ([`Updates::with_interval`]). The time to wait counts from this call, and has no
    /// limit unless one is set. See [`Updates`].
    pub fn updates(&self) -> Updates<Res, Meta> {
        Updates::new(self, INTERVAL)
    }
}

impl<Res, Meta> Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    fn new(operation: &Operation<Res, Meta>, interval: Duration) -> Self {
        let follower = Follower {
            operation: operation.clone(),
            follow: operation.follow(Some(interval)),
            unread: operation.shared.latest(),
            last_metadata: None,
        };
        let step = follower.step().instrument(operation.span());
        Self { operation: operation.clone(), step: Some(Box::pin(step)) }
    }

    /// Sets how often the client asks for news, in place of once a second. To be set before the first item.
    pub fn with_interval(self, interval: Duration) -> Self {
        Self::new(&self.operation, interval)
    }

    /// Waits for the next update. Returns `None` after the last one.
    ///
    /// Cancel-safe: dropping the future loses no update.
    pub async fn next(&mut self) -> Option<Item<Res, Meta>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<Res, Meta> Stream for Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    type Item = Item<Res, Meta>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(step) = &mut self.step else { return Poll::Ready(None) };
        let (follower, item) = std::task::ready!(step.as_mut().poll(cx));
        let is_last = !matches!(item, Ok(Update::Progress(_)));
        self.step = if is_last { None } else { Some(Box::pin(follower.step())) };
        Poll::Ready(Some(item))
    }
}

impl<Res, Meta> FusedStream for Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    fn is_terminated(&self) -> bool {
        self.step.is_none()
    }
}

impl<Res, Meta> fmt::Debug for Updates<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").field("ended", &self.step.is_none()).finish_non_exhaustive()
    }
}

/// Turns the answers of the server into updates.
struct Follower<Res, Meta> {
    operation: Operation<Res, Meta>,
    follow: Follow,
    /// An answer that holds more updates than the stream has returned.
    unread: Option<longrunning::Operation>,
    /// The last metadata that came.
    last_metadata: Option<Any>,
}

impl<Res, Meta> Follower<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    async fn step(mut self) -> (Self, Item<Res, Meta>) {
        let item = self.update().await;
        let item = item.map_err(|kind| OperationError::after(kind, &self.operation, self.follow.effort()));
        (self, item)
    }

    async fn update(&mut self) -> Result<Update<Res, Meta>, Kind> {
        loop {
            let answer = match self.unread.take() {
                Some(answer) => answer,
                None => self.follow.next().await?,
            };
            if let Some(metadata) = self.new_metadata(&answer) {
                self.unread = answer.done.then_some(answer);
                return Ok(Update::Progress(metadata));
            }
            if answer.done {
                return self.operation.outcome(answer).map(Update::Done);
            }
        }
    }

    /// The metadata of `answer`, if it differs from the last.
    fn new_metadata(&mut self, answer: &longrunning::Operation) -> Option<Meta> {
        let raw = answer.metadata.as_ref().filter(|raw| self.last_metadata.as_ref() != Some(raw))?;
        self.last_metadata = Some(raw.clone());
        payload::unpack(self.operation.metadata_type, raw.clone())
            .inspect_err(|unexpected| tracing::debug!(operation = self.operation.name(), %unexpected, "metadata left out"))
            .ok()
    }
}
