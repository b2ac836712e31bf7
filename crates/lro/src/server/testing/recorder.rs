//! From a handler to its test: what it reports, and leave to go on.

use lro_store::Payload;
use tokio::sync::{mpsc, oneshot};

use crate::codegen::BoxFuture;
use crate::server::context::Recorder;

/// The handler's end. Clones of a context may report from many tasks at once.
#[derive(Debug)]
pub(super) struct Channel(mpsc::UnboundedSender<Report>);

/// The test's end.
pub(super) type Reports = mpsc::UnboundedReceiver<Report>;

/// What a handler has reported, and where it stands.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) reported: Reported,
    pub(super) stands: Standing,
}

/// What a handler has reported.
#[derive(Debug)]
pub(super) enum Reported {
    Progress(Payload),
    Checkpoint(Payload),
}

/// A handler that stands still. Dropping this lets it go on.
#[derive(Debug)]
pub(super) struct Standing {
    _go_on: oneshot::Sender<()>,
}

pub(super) fn channel() -> (Channel, Reports) {
    let (sender, reports) = mpsc::unbounded_channel();
    (Channel(sender), reports)
}

impl Channel {
    async fn send(&self, reported: Reported) {
        let (sender, go_on) = oneshot::channel();
        // When the test has given the attempt up, the report is dropped with all that is in it.
        let _ = self.0.send(Report { reported, stands: Standing { _go_on: sender } });
        // Nothing is ever sent: that the other end is dropped is the sign.
        let _ = go_on.await;
    }
}

impl Recorder for Channel {
    fn progress(&self, metadata: Payload) -> BoxFuture<'_, ()> {
        Box::pin(self.send(Reported::Progress(metadata)))
    }

    fn checkpoint(&self, checkpoint: Payload) -> BoxFuture<'_, ()> {
        Box::pin(self.send(Reported::Checkpoint(checkpoint)))
    }
}

/// What a handler has reported, in order.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) progress: Vec<Payload>,
    pub(super) checkpoints: Vec<Payload>,
}

impl Record {
    pub(super) fn add(&mut self, reported: &Reported) {
        match reported {
            Reported::Progress(metadata) => self.progress.push(metadata.clone()),
            Reported::Checkpoint(checkpoint) => self.checkpoints.push(checkpoint.clone()),
        }
    }
}
