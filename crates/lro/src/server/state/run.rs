//! One attempt, as its handler, its supervisor and the background tasks see it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use lro_store::{Fence, Finish, InTransaction, Payload, Release, Report, StopReason, View, WriteResult};
use tokio::sync::{MutexGuard, Notify};
use tokio_util::sync::CancellationToken;

use super::lock::lock;
use crate::server::settings::OnDelete;
use crate::server::telemetry::Polls;

/// One attempt at one operation.
#[derive(Debug)]
pub(in crate::server) struct Run {
    pub(in crate::server) fence: Fence,
    pub(in crate::server) method: Arc<str>,
    /// The steps of its work.
    pub(in crate::server) polls: Arc<Polls>,
    on_delete: OnDelete,
    /// The operation after what this attempt is known to have written.
    view: Mutex<View>,
    /// Whether an outcome is on its way to the store, after which this attempt tells those who wait.
    ending: AtomicBool,
    stop: OnceLock<StopReason>,
    /// Fires when the work is asked to stop.
    asked_to_stop: CancellationToken,
    /// Fires when nothing that this attempt writes counts any more.
    over: CancellationToken,
    /// Whether it is over because the operation is done.
    done: AtomicBool,
    forgotten: AtomicBool,
    progress: Mutex<Progress>,
    /// What is to be written in the transaction that stores the response.
    with_response: Mutex<Option<InTransaction>>,
    /// There is progress to write.
    reported: Notify,
    /// Held while something is written.
    writing: tokio::sync::Mutex<()>,
}

/// The latest metadata, and which of it is in the store.
#[derive(Debug, Default)]
struct Progress {
    latest: Option<Payload>,
    reports: u64,
    written: u64,
}

impl Run {
    /// The attempt of this fence at an operation that stands so.
    pub(in crate::server) fn new(fence: Fence, view: View, on_delete: OnDelete) -> Self {
        Self {
            fence,
            method: Arc::clone(view.method()),
            polls: Arc::default(),
            on_delete,
            view: Mutex::new(view),
            ending: AtomicBool::new(false),
            stop: OnceLock::new(),
            asked_to_stop: CancellationToken::new(),
            over: CancellationToken::new(),
            done: AtomicBool::new(false),
            forgotten: AtomicBool::new(false),
            progress: Mutex::default(),
            with_response: Mutex::default(),
            reported: Notify::new(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Asks the work to stop. The first reason stays.
    pub(in crate::server) fn request_stop(&self, reason: StopReason) {
        // Of two reasons at one moment either may come first.
        let _ = self.stop.set(reason);
        self.asked_to_stop.cancel();
    }

    /// Why the work is asked to stop, if it is.
    pub(in crate::server) fn stop(&self) -> Option<&StopReason> {
        self.stop.get()
    }

    /// Returns when the work is asked to stop. Cancel-safe.
    pub(in crate::server) async fn stop_requested(&self) {
        self.asked_to_stop.cancelled().await;
    }

    /// Whether nothing that this attempt writes counts any more.
    pub(in crate::server) fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Whether it is over because the operation is done, and not because another attempt has it.
    pub(in crate::server) fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// Returns when nothing that this attempt writes counts any more. Cancel-safe.
    pub(in crate::server) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// Notes that another attempt has the operation.
    pub(in crate::server) fn lose(&self) {
        self.over.cancel();
    }

    /// Notes that the operation is done.
    pub(in crate::server) fn end(&self) {
        self.done.store(true, Ordering::Relaxed);
        self.over.cancel();
    }

    /// Whether the operation was deleted. Nothing of the work is stored any more.
    pub(in crate::server) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::Relaxed)
    }

    /// Notes that the operation was deleted. The work goes on, unless the engine is set to ask it to stop.
    pub(in crate::server) fn forget(&self) {
        if !self.forgotten.swap(true, Ordering::Relaxed) {
            tracing::info!(name = %self.fence.name, "the operation was deleted while its work runs; the result will be dropped");
        }
        if self.on_delete == OnDelete::Stop {
            self.request_stop(StopReason::Cancelled);
        }
    }

    /// The operation as it stands, as long as only this attempt can have changed it.
    pub(in crate::server) fn view(&self) -> Option<View> {
        let may_be_changed = self.is_over() || self.is_forgotten() || self.stop().is_some();
        (!may_be_changed).then(|| lock(&self.view).clone())
    }

    /// Notes that an outcome is on its way to the store, or no more.
    pub(in crate::server) fn set_ending(&self, ending: bool) {
        self.ending.store(ending, Ordering::SeqCst);
    }

    /// Whether this attempt will tell those who wait how the operation ended.
    pub(in crate::server) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Notes what became of a report.
    pub(in crate::server) fn note_report(&self, report: Report, result: &WriteResult) {
        if let WriteResult::Applied { update_time, .. } = result {
            let mut view = lock(&self.view);
            if let Ok(after) = view.report(&self.fence, report.metadata, *update_time) {
                *view = after;
            }
        }
        self.note(result);
    }

    /// The operation as it stands after an outcome that the store has taken.
    pub(in crate::server) fn note_finish(&self, finish: Finish, result: &WriteResult) -> Option<View> {
        let WriteResult::Applied { update_time, .. } = result else { return None };
        lock(&self.view).finish(&self.fence, finish.outcome, finish.metadata, *update_time).ok()
    }

    /// The operation as it stands after it was handed back, if that has ended it.
    pub(in crate::server) fn note_release(&self, release: Release, result: &WriteResult) -> Option<View> {
        let WriteResult::Applied { update_time, .. } = result else { return None };
        let view = lock(&self.view);
        let view =
            self.stop().map_or_else(|| view.clone(), |stop| view.request_stop(stop.clone(), *update_time));
        let after = view.release(&self.fence, release.interruption, release.metadata, *update_time);
        after.ok().filter(View::is_done)
    }

    /// Notes what became of a write.
    pub(in crate::server) fn note(&self, result: &WriteResult) {
        match result {
            WriteResult::Applied { stop: Some(reason), .. } => self.request_stop(reason.clone()),
            WriteResult::Lost => self.lose(),
            WriteResult::Done => self.end(),
            WriteResult::Deleted => self.forget(),
            _ => {}
        }
    }

    /// Takes what is to be written in the transaction that stores the response, in place of what was before.
    pub(in crate::server) fn write_with_response(&self, writes: InTransaction) {
        *lock(&self.with_response) = Some(writes);
    }

    /// What is to be written in the transaction that stores the response.
    pub(in crate::server) fn with_response(&self) -> Option<InTransaction> {
        lock(&self.with_response).clone()
    }

    /// Takes the latest metadata. It is written some time, and the latest wins.
    pub(in crate::server) fn report(&self, metadata: Payload) {
        let mut progress = lock(&self.progress);
        progress.latest = Some(metadata);
        progress.reports += 1;
        drop(progress);
        self.reported.notify_one();
    }

    /// Says once more that there is metadata to write.
    pub(in crate::server) fn report_again(&self) {
        self.reported.notify_one();
    }

    /// Returns when there may be metadata to write. Cancel-safe.
    pub(in crate::server) async fn reported(&self) {
        self.reported.notified().await;
    }

    /// The turn to write metadata, which is to be taken from here only after it: of two writes at a time the earlier one
    /// could reach the store last, and what it brings would stay. Cancel-safe.
    pub(in crate::server) async fn turn_to_write(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().await
    }

    /// The latest metadata that is not known to be in the store, and its number.
    pub(in crate::server) fn unwritten(&self) -> Option<(Payload, u64)> {
        let progress = lock(&self.progress);
        let latest = progress.latest.clone().filter(|_| progress.written < progress.reports)?;
        Some((latest, progress.reports))
    }

    /// Notes that the metadata of this number is in the store.
    pub(in crate::server) fn written(&self, number: u64) {
        let mut progress = lock(&self.progress);
        progress.written = progress.written.max(number);
    }
}
