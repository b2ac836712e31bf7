//! Operations that share an exclusive key.

mod world;

use lro_store::{Beginning, Creation, DelegateId, Holder, OnConflict, Outcome, StateKind, StopReason, View};
use proptest::prelude::*;

use self::world::{New, Step, World, news, place, steps};
use crate::strategies::config;
use crate::world::{seconds, worker};

/// A world after these steps.
fn after(steps: &[Step]) -> World {
    let mut world = World::new();
    for step in steps {
        world.step(step);
    }
    world
}

fn new(name: u8, on_conflict: OnConflict, beginning: Beginning) -> New {
    New { name, on_conflict, beginning, delay: 0, deadline: None }
}

fn preempted(view: &View, by: &View) -> bool {
    let reason = StopReason::Preempted(by.name().clone());
    view.outcome() == Some(&Outcome::Error(reason.failure())) || view.stop() == Some(&reason)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn at_most_one_runs_and_it_holds_the_key(steps in steps(-15..25)) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            let running: Vec<&View> =
                world.unfinished().filter(|view| view.kind() == StateKind::Running).collect();
            prop_assert!(running.len() <= 1, "{running:?}");
            let oldest = world.unfinished().min_by_key(|view| place(view));
            prop_assert_eq!(world.holder(), running.first().copied().or(oldest));
        }
    }

    #[test]
    fn those_that_wait_run_one_after_the_other_in_their_order(steps in steps(-15..25)) {
        let mut world = after(&steps);
        world.now = world.now.saturating_add(seconds(1_000));
        world.step(&Step::Expire);
        let running = world.running().cloned();
        let mut waiting: Vec<_> =
            world.unfinished().filter(|view| view.kind() == StateKind::Queued).map(place).collect();
        waiting.sort_unstable();
        if running.is_some() {
            prop_assert_eq!(world.claim(), None, "the key is held");
            world.step(&Step::Finish);
        }
        let mut order = Vec::new();
        while let Some(claimed) = world.claim() {
            order.push(place(&claimed));
            world.step(&Step::Finish);
        }
        prop_assert_eq!(order, waiting);
        prop_assert!(world.holder().is_none(), "all came to their end");
    }

    #[test]
    fn whoever_waits_for_its_retry_keeps_the_key(steps in steps(0..25)) {
        let mut world = World::new();
        for step in &steps {
            if let Step::Create(_) = step {
                // Those that are created at one moment are ordered by name alone.
                world.step(&Step::Tick(1));
            }
            let before = world.running().cloned();
            world.step(step);
            let Some(after) = before.and_then(|view| world.views.get(view.name())) else { continue };
            if !after.is_done() {
                prop_assert_eq!(world.holder(), Some(after));
            }
        }
    }

    #[test]
    fn a_new_one_waits_aborts_or_preempts(steps in steps(-15..25), new in news()) {
        let mut world = after(&steps);
        let others: Vec<View> = world.unfinished().cloned().collect();
        let holder = world.holder().map(|view| view.name().clone());
        let delegate_would_wait = matches!(new.beginning, Beginning::Delegated(_))
            && (new.on_conflict != OnConflict::Abort || new.delay > 0);
        let created = match world.create(&new) {
            Creation::Invalid(_) => {
                prop_assert!(delegate_would_wait);
                return Ok(());
            }
            Creation::NameTaken => return Ok(()),
            Creation::KeyHeld(named) => {
                prop_assert_eq!((new.on_conflict, Some(named)), (OnConflict::Abort, holder));
                prop_assert_eq!(world.unfinished().cloned().collect::<Vec<_>>(), others, "nothing has changed");
                return Ok(());
            }
            Creation::Created(created) => created,
            other => panic!("{other:?}"),
        };
        let view = created.view;
        prop_assert!(!delegate_would_wait);
        let ended = |before: &&View| world.views[before.name()].is_done();
        let ended: Vec<_> = others.iter().filter(ended).map(|view| world.views[view.name()].clone()).collect();
        prop_assert_eq!(created.ended, ended);
        for before in &others {
            let after = &world.views[before.name()];
            match (new.on_conflict, before.holder()) {
                _ if view.is_done() => prop_assert_eq!(after, before, "it needs no key"),
                (OnConflict::Preempt, Some(Holder::Worker(_))) if before.stop().is_some() => {
                    prop_assert_eq!(after, before, "it stops already");
                }
                (OnConflict::Preempt, Some(Holder::Worker(_))) => {
                    prop_assert!(!after.is_done() && preempted(after, &view), "{after:?}");
                }
                (OnConflict::Preempt, _) => prop_assert!(after.is_done() && preempted(after, &view), "{after:?}"),
                (OnConflict::Queue, _) => prop_assert_eq!(after, before),
                other => prop_assert!(false, "{other:?} with {before:?}"),
            }
        }
        let is_free = view.is_done() || others.iter().all(|other| world.views[other.name()].is_done());
        prop_assert!(is_free || view.kind() == StateKind::Queued, "{view:?}");
    }

    #[test]
    fn while_others_finish_one_nobody_claims_another(steps in steps(-15..25)) {
        let mut world = World::new();
        let delegated = new(255, OnConflict::Abort, Beginning::Delegated(DelegateId::new("secret")));
        let name = world.create(&delegated).created().unwrap().name().clone();
        for step in &steps {
            world.step(step);
            if world.views.get(&name).is_none_or(View::is_done) {
                break;
            }
            prop_assert_eq!(world.holder().map(View::name), Some(&name));
            prop_assert_eq!(world.claim(), None);
        }
    }
}

#[test]
fn one_that_preempts_runs_at_once_unless_work_has_to_stop_first() {
    for first in [Beginning::Queued, Beginning::ClaimedBy(worker(0))] {
        let mut world = World::new();
        world.create(&new(1, OnConflict::Queue, first.clone()));
        world.create(&new(2, OnConflict::Queue, Beginning::Queued));
        let preempting = new(3, OnConflict::Preempt, Beginning::ClaimedBy(worker(1)));
        let third = world.create(&preempting).created().unwrap();
        if first != Beginning::Queued {
            assert_eq!((third.kind(), world.claim()), (StateKind::Queued, None));
            world.step(&Step::Reclaim);
            assert!(world.claim().is_some_and(|view| view.name() == third.name()));
        }
        assert_eq!(world.running().unwrap().name(), third.name());
        let ended = world.views.values().filter(|view| view.is_done());
        assert_eq!(ended.filter(|view| preempted(view, &third)).count(), 2);
    }
}
