//! What is behind a context.

use std::error::Error;
use std::sync::{Arc, Mutex};

use lro_store::{InTransaction, Payload, Report, Store, StoreExt, View, WriteResult};

use super::error::Fault;
use super::recorder::Recorder;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;
use crate::server::state::lock::lock;
use crate::server::state::random::Random;
use crate::server::state::run::Run;
use crate::server::status::Errors;

/// One attempt, as its handler's context needs it.
#[derive(Debug)]
pub(in crate::server) struct Attempt {
    pub(in crate::server) run: Arc<Run>,
    /// The operation as it was when the attempt began.
    pub(in crate::server) view: View,
    pub(in crate::server) errors: Errors,
    pub(in crate::server) max_payload_size: usize,
    sink: Sink,
    checkpoint: Mutex<Option<Payload>>,
}

/// Where progress and checkpoints go.
#[derive(Debug)]
pub(in crate::server) enum Sink {
    /// To the store: progress by way of the run, whose supervisor writes it.
    Store { store: Arc<dyn Store>, random: Random },
    /// To a test of the handler.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "only `testing` has a recorder"))]
    Recorder(Arc<dyn Recorder>),
}

impl Attempt {
    pub(in crate::server) fn new(
        run: Arc<Run>,
        view: View,
        checkpoint: Option<Payload>,
        sink: Sink,
        errors: Errors,
        max_payload_size: usize,
    ) -> Self {
        Self { run, view, errors, max_payload_size, sink, checkpoint: Mutex::new(checkpoint) }
    }

    /// The last checkpoint.
    pub(super) fn checkpoint(&self) -> Option<Payload> {
        lock(&self.checkpoint).clone()
    }

    /// Takes metadata, which is written some time.
    pub(super) async fn report(&self, metadata: Payload) {
        match &self.sink {
            Sink::Store { .. } => self.run.report(metadata),
            Sink::Recorder(_) if self.run.is_over() => {}
            Sink::Recorder(recorder) => recorder.progress(metadata).await,
        }
    }

    /// Whether the work may go on.
    pub(super) fn go_on(&self) -> Result<(), Fault> {
        let run = &self.run;
        if run.is_over() {
            return Err(if run.is_done() { Fault::Done } else { Fault::Lost });
        }
        run.stop().map_or(Ok(()), |reason| Err(Fault::Stopped(reason.clone())))
    }

    /// Stores a checkpoint, and what is to be written in the same transaction.
    pub(super) async fn store_checkpoint(
        &self,
        checkpoint: Payload,
        writes: Option<InTransaction>,
    ) -> Result<(), Fault> {
        match &self.sink {
            Sink::Store { store, random } => {
                return self.write_checkpoint(&**store, random, checkpoint, writes).await;
            }
            Sink::Recorder(_) if self.run.is_over() => {}
            Sink::Recorder(recorder) => {
                *lock(&self.checkpoint) = Some(checkpoint.clone());
                recorder.checkpoint(checkpoint).await;
            }
        }
        Ok(())
    }

    /// Writes a checkpoint, and the latest metadata with it, waiting for the store where it has to.
    async fn write_checkpoint(
        &self,
        store: &dyn Store,
        random: &Random,
        checkpoint: Payload,
        writes: Option<InTransaction>,
    ) -> Result<(), Fault> {
        let mut backoff = Backoff::new(random);
        let _turn = self.run.turn_to_write().await;
        while !self.run.is_forgotten() && !self.run.is_over() {
            let mut report = Report::new(self.run.fence.clone())
                .checkpoint(checkpoint.clone())
                .in_transaction(writes.clone());
            let unwritten = self.run.unwritten();
            report.metadata = unwritten.as_ref().map(|(metadata, _)| metadata.clone());
            match in_time(store.report_one(report.clone())).await {
                Ok(WriteResult::Refused(refusal)) => {
                    return Err(Fault::Refused(self.errors.refused(&refusal)));
                }
                Ok(result) => {
                    self.run.note_report(report, &result);
                    if result.is_applied() {
                        if let Some((_, number)) = unwritten {
                            self.run.written(number);
                        }
                        *lock(&self.checkpoint) = Some(checkpoint);
                    }
                    return Ok(());
                }
                Err(error) if error.is_unavailable() => {
                    tracing::warn!(
                        error = &error as &dyn Error,
                        "a checkpoint could not be stored; trying again"
                    );
                    backoff.pause().await;
                }
                Err(error) => return Err(Fault::Store(error)),
            }
        }
        Ok(())
    }
}
