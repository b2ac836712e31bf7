//! The parts that an engine is made of. None knows another one, nor the engine.

pub(super) mod alarm;
pub(super) mod backoff;
pub(super) mod call;
pub(super) mod doubt;
pub(super) mod lock;
pub(super) mod page_token;
pub(super) mod queue_limit;
pub(super) mod random;
pub(super) mod run;
pub(super) mod runs;
pub(super) mod slots;
pub(super) mod unfinished;
pub(super) mod unwind;
pub(super) mod waiters;
pub(super) mod worker;
