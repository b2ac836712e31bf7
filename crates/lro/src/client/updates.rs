//! An operation as a stream of updates.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use prost::Message;
use prost_types::Any;

use super::error::OperationError;
use super::kind::Kind;
use super::operation::Operation;
use super::snapshot;
use super::watch::{Aim, Watch};
use crate::google::longrunning;
use crate::payload;

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
/// An error is also the last item. The stream does not report errors that pass (see [`Operation::wait`]). The
/// stream sleeps inside, and calls the server only while it is polled. It leaves out metadata of another type
/// than declared, which [`Operation::poll`] shows. Dropping the stream loses nothing: the operation goes on,
/// and the handle can follow it again.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Updates<Res, Meta> {
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
    /// The time to wait counts from this call. See [`Updates`].
    pub fn updates(&self) -> Updates<Res, Meta> {
        let follower = Follower {
            operation: self.clone(),
            watch: self.watch(Aim::Updates),
            unread: self.shared.latest(),
            last_metadata: None,
        };
        Updates { step: Some(Box::pin(follower.step())) }
    }
}

impl<Res, Meta> Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
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
    watch: Watch,
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
        let item = self.update().await.map_err(|kind| OperationError::new(kind, &self.operation));
        (self, item)
    }

    async fn update(&mut self) -> Result<Update<Res, Meta>, Kind> {
        loop {
            let answer = match self.unread.take() {
                Some(answer) => answer,
                None => self.watch.next().await?,
            };
            if let Some(metadata) = self.new_metadata(&answer) {
                self.unread = answer.done.then_some(answer);
                return Ok(Update::Progress(metadata));
            }
            if answer.done {
                return snapshot::outcome(answer.result, self.operation.response_type).map(Update::Done);
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
