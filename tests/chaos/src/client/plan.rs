//! What clients ask for.

use crate::job::{Conflict, Ending, Job, Options, Step, Who};
use crate::settings::LEASE;
use test_tools::Dice;

/// How many exclusive keys there are.
const KEYS: u64 = 4;

impl Job {
    pub(super) fn random(dice: &Dice) -> Self {
        let options = Options::random(dice);
        // Work that others wait for is short most of the time, or what waits would grow and grow.
        let is_exclusive = !options.key.is_empty();
        let step = |_| Step {
            sleep_millis: random_sleep(dice, is_exclusive),
            progress: dice.happens(500),
            checkpoint: dice.happens(400),
            gate: String::new(),
        };
        let mut endings: Vec<i32> = (0..dice.below(4)).map(|_| random_ending(dice).into()).collect();
        // What asks to be tried again for ever does not end.
        let last = match dice.below(10) {
            0 => Ending::Fail,
            1 => Ending::Panic,
            _ => Ending::Succeed,
        };
        endings.push(last.into());
        Self {
            request_id: format!("{:016x}{:016x}", dice.bits(), dice.bits()),
            steps: (0..dice.below(5)).map(step).collect(),
            endings,
            stubborn: dice.happens(100),
            options,
        }
    }
}

impl Options {
    fn random(dice: &Dice) -> Self {
        let who = match dice.below(100) {
            0..=7 => Who::Others,
            8..=10 => Who::Nobody,
            _ => Who::Handler,
        };
        let conflict = match who {
            // It can wait for no key.
            Who::Others | Who::Nobody => Conflict::Abort,
            Who::Handler => {
                dice.pick(&[Conflict::Abort, Conflict::Queue, Conflict::Queue, Conflict::Preempt])
            }
        };
        let is_exclusive = who != Who::Nobody && dice.happens(450);
        let millis = |range| u64::try_from(dice.millis(range).as_millis()).unwrap_or_default();
        // What others finish may be forgotten by them.
        let has_deadline = who == Who::Others || dice.happens(100);
        Self {
            key: if is_exclusive { format!("key/{}", dice.below(KEYS)) } else { String::new() },
            conflict: conflict.into(),
            deadline_millis: if has_deadline { millis(200..15_000) } else { 0 },
            delay_millis: if who == Who::Handler && dice.happens(150) { millis(1..4_000) } else { 0 },
            max_attempts: dice.pick(&[1, 2, 3, 5, 25, 25]),
            priority: dice.pick(&[-1, 0, 0, 0, 7]),
            retry_millis: millis(1..1_500),
            who: who.into(),
            parent: if dice.happens(500) { format!("shelves/{}", dice.below(3)) } else { String::new() },
        }
    }
}

fn random_ending(dice: &Dice) -> Ending {
    match dice.below(10) {
        0 => Ending::Fail,
        1..=3 => Ending::Retry,
        4 => Ending::Transient,
        5 => Ending::Panic,
        _ => Ending::Succeed,
    }
}

/// Mostly short, at times longer than a lease.
fn random_sleep(dice: &Dice, is_exclusive: bool) -> u64 {
    let lease = u64::try_from(LEASE.as_millis()).unwrap_or_default();
    match dice.below(20) {
        0..=4 => 0,
        5..=8 => dice.below(50),
        9..=16 => dice.below(700),
        _ if is_exclusive && dice.happens(400) => dice.below(700),
        _ => lease / 2 + dice.below(lease * 3 / 2),
    }
}
