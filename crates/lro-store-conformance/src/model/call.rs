//! What happens in a sequence, by numbers that are easily made shorter.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, DelegateId, ExclusiveKey, Failure, FailureCode, Holder, NewOperation, OnConflict,
    OperationName, Outcome, Owner, Payload, RequestId, WorkerId,
};

pub(super) const METHODS: [&str; 2] = ["/test.Service/One", "/test.Service/Two"];
pub(super) const WORKERS: u8 = 3;
pub(super) const RETENTION: Duration = Duration::from_secs(40);

/// A call, or that time passes.
#[derive(Debug, Clone)]
pub(super) enum Call {
    /// The clock moves by so many seconds, also backwards.
    Tick(i64),
    Create(Vec<New>),
    Get(Vec<u8>),
    FindByRequest {
        method: usize,
        owner: u8,
        request: u8,
    },
    Delete(Vec<u8>),
    RequestCancel(Vec<u8>),
    KeepAlive {
        worker: u8,
        lease: u64,
    },
    Leave(u8),
    Reclaim {
        worker: u8,
        limit: usize,
    },
    Held(u8),
    Claim {
        worker: u8,
        methods: [usize; 2],
        limit: usize,
    },
    Report(Vec<Write>),
    Finish(Vec<Write>),
    Release(Vec<Write>),
    Expire(usize),
    Purge(usize),
}

/// An operation to create.
#[derive(Debug, Clone)]
pub(super) struct New {
    pub(super) name: u8,
    pub(super) method: usize,
    pub(super) owner: u8,
    pub(super) request: Option<u8>,
    pub(super) exclusive: Option<(u8, OnConflict)>,
    pub(super) max_attempts: u32,
    pub(super) priority: i16,
    pub(super) delay: u64,
    pub(super) deadline: Option<u64>,
    pub(super) beginning: Begins,
}

#[derive(Debug, Clone)]
pub(super) enum Begins {
    Queued,
    ClaimedBy(u8),
    Delegated,
    Done,
}

/// A write to an operation.
#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) name: u8,
    /// Who shows which attempt; else the one that has it now.
    pub(super) stale: Option<(Option<u8>, u32)>,
    /// Says what is written.
    pub(super) content: u8,
}

impl New {
    pub(super) fn operation(&self) -> NewOperation {
        let content = payload(self.name);
        let mut new = NewOperation::new(name(self.name), METHODS[self.method], content)
            .with_owner(owner(self.owner))
            .with_max_attempts(NonZeroU32::new(self.max_attempts).expect("there is an attempt at least"))
            .with_priority(self.priority)
            .with_delay(Duration::from_secs(self.delay))
            .with_retention(RETENTION)
            .with_beginning(match self.beginning {
                Begins::Queued => Beginning::Queued,
                Begins::ClaimedBy(number) => Beginning::ClaimedBy(worker(number)),
                Begins::Delegated => Beginning::Delegated(delegate()),
                Begins::Done => Beginning::Done(outcome(self.name)),
            });
        if let Some(seconds) = self.deadline {
            new = new.with_deadline(Duration::from_secs(seconds));
        }
        if let Some(id) = self.request {
            new = new.with_request_id(request_id(id));
        }
        if let Some((key, on_conflict)) = self.exclusive {
            new = new
                .with_exclusive(ExclusiveKey::new(&format!("key-{key}")).expect("it is a key"), on_conflict);
        }
        new
    }
}

impl Write {
    /// The holder and the attempt that it shows, if these are not those of now.
    pub(super) fn stale(&self) -> Option<(Holder, Attempt)> {
        let (by, attempt) = self.stale?;
        let holder = by.map_or_else(|| Holder::Delegate(delegate()), |number| Holder::Worker(worker(number)));
        Some((holder, Attempt::new(attempt)?))
    }
}

pub(super) fn name(number: u8) -> OperationName {
    // Two parents, so that the order of names is not that of numbers.
    let parent = ["", "shelves/1/"][usize::from(number % 2)];
    OperationName::parse(&format!("{parent}operations/{number}")).expect("it is a name")
}

pub(super) fn worker(number: u8) -> WorkerId {
    WorkerId::new(format!("worker-{number}"))
}

pub(super) fn owner(number: u8) -> Owner {
    Owner::new(["", "alice"][usize::from(number)]).expect("it is an owner")
}

pub(super) fn request_id(number: u8) -> RequestId {
    RequestId::new(&number.to_string()).expect("it is an id")
}

pub(super) fn payload(content: u8) -> Payload {
    Payload::new("type.googleapis.com/test.Message", vec![content])
}

pub(super) fn outcome(content: u8) -> Outcome {
    match content % 2 {
        0 => Outcome::Response(payload(content)),
        _ => Outcome::Error(failure(content)),
    }
}

pub(super) fn failure(content: u8) -> Failure {
    Failure::new(FailureCode::UNAVAILABLE, content.to_string())
}

fn delegate() -> DelegateId {
    DelegateId::new("secret")
}
