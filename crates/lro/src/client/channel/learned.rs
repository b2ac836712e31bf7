//! What a client has learned of a server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a client goes by what it has learned. Servers are updated while clients run.
const LASTS: Duration = Duration::from_secs(60 * 60);

/// How long it takes a server for one that does not hold its answers, because it answered several calls in a row at once. A server that
/// is about to shut down does so too.
const DOUBT_LASTS: Duration = Duration::from_secs(60);

/// Of a hold that was cut off, this part is asked for next.
const WITHIN: f64 = 0.9;

/// What a client has learned of a server: whether it is there, and how the RPCs that wait behave, each by its path. An API has one of
/// them, seldom more.
#[derive(Debug, Default)]
pub(in crate::client) struct Learned {
    was_reached: AtomicBool,
    waits: Mutex<Vec<(&'static str, WaitRpc)>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct WaitRpc {
    /// Until when it is not worth a call.
    useless_until: Option<Instant>,
    /// After which time the last call was cut off that was.
    cut_off: Option<Duration>,
    /// The longest hold that is not cut off, and until when that is taken for true.
    hold: Option<(Duration, Instant)>,
}

impl Learned {
    /// Whether the server has ever answered.
    pub(in crate::client) fn was_reached(&self) -> bool {
        self.was_reached.load(Ordering::Relaxed)
    }

    /// The server has answered, whatever it said.
    pub(in crate::client) fn reached(&self) {
        self.was_reached.store(true, Ordering::Relaxed);
    }

    /// Whether a call of the RPC at `path` is worth trying.
    pub(in crate::client) fn is_useful(&self, path: &'static str) -> bool {
        self.read(path).useless_until.is_none_or(|until| until <= Instant::now())
    }

    /// The longest time for which the server holds its answer, if that is known.
    pub(in crate::client) fn longest_hold(&self, path: &'static str) -> Duration {
        match self.read(path).hold {
            Some((hold, until)) if until > Instant::now() => hold,
            _ => Duration::MAX,
        }
    }

    /// The server does not have the RPC, or does not let this caller use it.
    pub(in crate::client) fn is_missing(&self, path: &'static str) {
        self.write(path, |rpc| rpc.useless_until = Instant::now().checked_add(LASTS));
    }

    /// The server answers at once, again and again, though there is nothing to tell.
    pub(in crate::client) fn does_not_hold(&self, path: &'static str) {
        self.write(path, |rpc| rpc.useless_until = Instant::now().checked_add(DOUBT_LASTS));
    }

    /// A call was cut off after this time. That another was before, after about the same time, tells a limit from an accident.
    pub(in crate::client) fn was_cut_off(&self, path: &'static str, after: Duration) {
        let until = Instant::now().checked_add(LASTS);
        self.write(path, |rpc| {
            let again = rpc
                .cut_off
                .replace(after)
                .is_some_and(|before| before.mul_f64(WITHIN) <= after && after.mul_f64(WITHIN) <= before);
            if again {
                rpc.hold = until.map(|until| (after.mul_f64(WITHIN), until));
            }
        });
    }

    fn read(&self, path: &'static str) -> WaitRpc {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.iter().find(|(known, _)| *known == path).map(|(_, rpc)| *rpc).unwrap_or_default()
    }

    fn write(&self, path: &'static str, change: impl FnOnce(&mut WaitRpc)) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rpc)) = waits.iter_mut().find(|(known, _)| *known == path) {
            return change(rpc);
        }
        let mut rpc = WaitRpc::default();
        change(&mut rpc);
        waits.push((path, rpc));
    }
}
