//! An operation as an iterator of updates.

use std::fmt;
use std::iter::FusedIterator;
use std::time::Duration;

use prost::Message;

use super::operation::Operation;
use super::run;
use crate::{OperationError, Update};

impl<Res, Meta> Operation<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Follows the operation: its metadata each time that it changes, and finally its response. See [`Updates`].
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn updates(&self) -> Updates<Res, Meta> {
        Updates { inner: run(async { self.inner.updates() }) }
    }
}

/// An operation as an iterator: its metadata each time that it changes, and finally its response or an error.
///
/// It blocks until the next item is there, and panics where that is not allowed (see the [module](super#panics)). Dropping it loses nothing.
#[must_use = "an iterator does nothing unless it is asked for items"]
pub struct Updates<Res, Meta> {
    inner: crate::Updates<Res, Meta>,
}

impl<Res, Meta> Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    /// Sets how often the client asks for news, in place of once a second. To be set before the first item.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn with_interval(self, interval: Duration) -> Self {
        Self { inner: run(async { self.inner.with_interval(interval) }) }
    }
}

impl<Res, Meta> Iterator for Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
    type Item = Result<Update<Res, Meta>, OperationError>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        run(self.inner.next())
    }
}

impl<Res, Meta> FusedIterator for Updates<Res, Meta>
where
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
{
}

impl<Res, Meta> fmt::Debug for Updates<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
