//! Who may write.

use lro_store::{Holder, Interruption, Outcome, TransitionError};
use proptest::prelude::*;

use super::strategies::{config, setups, steps};
use super::world::{Moment, Step, World, payload, walk};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn only_the_current_claim_writes(setup in setups(), steps in steps()) {
        let mut world = World::new(&setup);
        for step in &steps {
            world.step(step);
            let World { now, view, fences } = &world;
            for fence in fences {
                let answers = [
                    view.report(fence, Some(payload(9)), *now),
                    view.finish(fence, Outcome::Response(payload(9)), None, *now),
                    view.release(fence, Interruption::begun(), None, *now),
                ];
                let refusal = match view.fence() {
                    _ if view.is_done() => Some(TransitionError::Done),
                    Some(current) if current == *fence => None,
                    _ => Some(TransitionError::Lost),
                };
                for answer in answers {
                    prop_assert_eq!(answer.err(), refusal);
                }
            }
        }
    }

    #[test]
    fn a_worker_has_work_that_it_claimed_until_it_ends_or_is_handed_back(setup in setups(), steps in steps()) {
        for Moment { before, step, answer, .. } in walk(&setup, &steps) {
            match (step, answer) {
                (Step::Claim(worker), Ok(after)) => {
                    prop_assert_eq!(after.holder(), Some(&Holder::Worker(worker)));
                }
                (Step::Reclaim(worker), answer) => {
                    let holds = before.holder() == Some(&Holder::Worker(worker));
                    prop_assert_eq!(answer.err(), (!holds).then_some(TransitionError::NotHeld));
                }
                (_, Ok(after)) if after.fence().is_some() => {
                    prop_assert_eq!(after.fence(), before.fence());
                }
                _ => {}
            }
        }
    }
}
