//! What a server does with `WaitOperation`.

use std::time::Duration;

use tonic::Status;

/// What a [`ScriptedServer`](super::ScriptedServer) does with `WaitOperation`.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Calls are held until the operation ends, but not longer than this. Then the answer is the state, or this error.
    Holds {
        at_most: Duration,
        then: Option<Status>,
    },
    Refused(Status),
    Stub(Dice),
}

impl Waiting {
    /// The server answers when the operation ends, or when the time is over for which the call asks. Without such a time it holds the call for
    /// as long as the operation runs. This is the default.
    pub fn as_asked() -> Self {
        Self::at_most(Duration::MAX)
    }

    /// The server holds no call for longer than `limit`, and answers then with the operation as it is. With `Duration::ZERO` it answers at
    /// once.
    pub fn at_most(limit: Duration) -> Self {
        Self { kind: Kind::Holds { at_most: limit, then: None } }
    }

    /// Calls that are held for `limit` end with `status`, as by a proxy that has a limit for all calls.
    pub fn cut_off(limit: Duration, status: Status) -> Self {
        Self { kind: Kind::Holds { at_most: limit, then: Some(status) } }
    }

    /// The server refuses all calls.
    pub fn refused(status: Status) -> Self {
        Self { kind: Kind::Refused(status) }
    }

    /// The server has no `WaitOperation`.
    pub fn unimplemented() -> Self {
        Self::refused(Status::unimplemented("the server has no WaitOperation"))
    }

    /// The server answers each call at once, whatever the operation does: at random either as done, with a response that has no type
    /// URL, or as not done, without metadata. The same `seed` gives the same answers in the same order.
    pub fn stub(seed: u64) -> Self {
        Self { kind: Kind::Stub(Dice(seed)) }
    }
}

/// Random numbers by a seed (`SplitMix64`).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn flip(&mut self) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) & 1 == 1
    }
}
