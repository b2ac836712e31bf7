//! What a handler sees of the operation that it works on.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use lro_store::{LeaseStatus, Payload, Record, StoreExt};
use prost::Message;

use super::call::in_time;
use super::convert;
use super::inner::Inner;
use super::pause::Pauses;
use super::runs::Run;
use crate::payload;

/// The operation that a handler works on.
///
/// Clones are the same operation, for handing it to helpers.
pub struct Context<Meta> {
    inner: Arc<Inner>,
    run: Arc<Run>,
    metadata_type: &'static str,
    last_progress: Option<Payload>,
    metadata: PhantomData<fn(Meta) -> Meta>,
}

impl<Meta: Message + Default + 'static> Context<Meta> {
    pub(super) fn new(
        inner: Arc<Inner>,
        run: Arc<Run>,
        metadata_type: &'static str,
        record: &Record,
    ) -> Self {
        Self { inner, run, metadata_type, last_progress: record.metadata().cloned(), metadata: PhantomData }
    }

    /// The operation's name.
    pub fn name(&self) -> &str {
        self.run.lease.name.as_str()
    }

    /// Which run this is, from 1. A greater number means that an earlier run was interrupted, at any point of
    /// its work.
    pub fn attempt(&self) -> u32 {
        self.run.lease.attempt.number()
    }

    /// What was reported last before this run began: by an earlier run, from which this one can go on, or at
    /// the start. `None` if there was nothing, or it is not of this type.
    pub fn last_progress(&self) -> Option<Meta> {
        payload::unpack(self.metadata_type, convert::to_any(self.last_progress.as_ref()?)).ok()
    }

    /// Reports how far the work is, as the operation's metadata. It is durable when this returns.
    ///
    /// This is also where cancelled work stops: what was reported is kept, and the error that follows ends a
    /// handler that uses `?`. One that would rather finish goes on after [`ProgressError::is_cancelled`].
    ///
    /// While the store cannot be reached this waits for it. Of an operation that was deleted nothing is kept,
    /// and the work may go on. Dropping the future may or may not have reported.
    ///
    /// # Errors
    /// When the work is asked to stop, when somebody else has taken the operation over, so that nothing this
    /// run does counts any more ([`ProgressError::is_lease_lost`]), when the metadata is too large, or when
    /// the store is broken.
    pub async fn progress(&self, metadata: Meta) -> Result<(), ProgressError> {
        let metadata = convert::to_payload(payload::pack(self.metadata_type, &metadata));
        let limit = self.inner.settings.max_payload_size;
        if metadata.size() > limit {
            return Err(self.error(ProgressFault::TooLarge { size: metadata.size(), limit }));
        }
        tokio::select! {
            biased;
            written = self.write(metadata) => written,
            () = self.run.lost() => Err(self.error(ProgressFault::LeaseLost)),
        }
    }

    /// Whether the work is asked to stop. When the store's hint of it is lost, the next report or heartbeat
    /// brings it.
    pub fn is_cancelled(&self) -> bool {
        self.run.cancel().is_cancelled()
    }

    /// Returns when the work is asked to stop, for handlers that wait between two reports. After that it has
    /// the grace period to end by itself: with an error of code CANCELLED, or with a response all the same.
    /// Cancel-safe.
    pub async fn cancelled(&self) {
        self.run.cancel().cancelled().await;
    }

    async fn write(&self, metadata: Payload) -> Result<(), ProgressError> {
        let mut pauses = Pauses::new();
        while !self.run.is_forgotten() {
            match in_time(self.inner.store.progress_one(self.run.lease.clone(), metadata.clone())).await {
                Ok(standing) => {
                    self.run.note(standing);
                    return match standing {
                        LeaseStatus::Lost => Err(self.error(ProgressFault::LeaseLost)),
                        _ if self.is_cancelled() => Err(self.error(ProgressFault::Cancelled)),
                        _ => Ok(()),
                    };
                }
                Err(error) if error.is_unavailable() => {
                    tracing::warn!(
                        error = &error as &dyn Error,
                        "progress could not be stored; trying again"
                    );
                    pauses.next().await;
                }
                Err(error) => return Err(self.error(ProgressFault::Store(error))),
            }
        }
        Ok(())
    }

    fn error(&self, fault: ProgressFault) -> ProgressError {
        ProgressError { fault, errors: self.inner.errors.clone() }
    }
}

impl<Meta> Clone for Context<Meta> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            run: Arc::clone(&self.run),
            metadata_type: self.metadata_type,
            last_progress: self.last_progress.clone(),
            metadata: PhantomData,
        }
    }
}

impl<Meta> fmt::Debug for Context<Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("lease", &self.run.lease).finish_non_exhaustive()
    }
}

/// Why work should not go on after it reported progress. `?` makes a `tonic::Status` of it, in a handler.
#[derive(Debug)]
pub struct ProgressError {
    pub(super) fault: ProgressFault,
    pub(super) errors: super::status::Errors,
}

impl ProgressError {
    /// Whether the work is asked to stop. What was reported is stored, and the work may still finish.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.fault, ProgressFault::Cancelled)
    }

    /// Whether somebody else has taken the operation over. Stop: nothing that this run does counts any more.
    pub fn is_lease_lost(&self) -> bool {
        matches!(self.fault, ProgressFault::LeaseLost)
    }

    /// Whether the metadata is larger than the engine allows. The progress before it is still there.
    pub fn is_too_large(&self) -> bool {
        matches!(self.fault, ProgressFault::TooLarge { .. })
    }

    /// Whether the store is broken or refuses the metadata. A store that cannot be reached is waited for
    /// instead.
    pub fn is_store_failure(&self) -> bool {
        matches!(self.fault, ProgressFault::Store(_))
    }
}

impl fmt::Display for ProgressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl Error for ProgressError {
    /// What is behind the fault, whose own text is that of this error.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.source()
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ProgressFault {
    #[error("the operation was cancelled")]
    Cancelled,
    #[error("another run has taken the operation over")]
    LeaseLost,
    #[error("the metadata has {size} bytes; at most {limit} are allowed")]
    TooLarge { size: usize, limit: usize },
    #[error(transparent)]
    Store(lro_store::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::status::Errors;

    #[test]
    fn what_is_behind_an_error_says_nothing_twice() {
        let fault = ProgressFault::Store(lro_store::Error::internal("the disk is full"));
        let error = ProgressError { fault, errors: Errors::new("lro".into()) };
        assert!(error.is_store_failure() && !error.is_cancelled());
        let mut texts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(error) = source {
            texts.push(error.to_string());
            source = error.source();
        }
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(texts[1], "the disk is full");
    }
}
