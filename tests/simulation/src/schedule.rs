//! One schedule: a while in which everything goes wrong, and then calm, in which everything comes to its end.

use std::time::Duration;

use lro::Start;
use lro::store::{Clock, MemoryStore, StateKind, View};
use tokio::time::{Instant, sleep};
use tonic::Request;

use crate::chaos;
use crate::client::Client;
use crate::clock::StoreClock;
use crate::history::{Execution, History};
use crate::job::{Job, Progress, Step, WORK};
use crate::knobs::{Knobs, LEASE, POLL};
use crate::process::{Process, World};
use crate::site::Site;
use crate::weather::Weather;
use test_tools::Dice;

/// How long a call may still hang that was made before it was calm.
const CALL_TIME: Duration = Duration::from_secs(10);

/// How long nothing may come on while something is not done: the longest sleep of a handler, or the time until the work
/// of the dead is taken over, and the longest pause between two attempts.
const STANDSTILL: Duration = Duration::from_secs(90);

/// Runs a schedule on the present runtime, whose time is paused.
pub(crate) async fn run(seed: u64, keeps_log: bool) -> History {
    let dice = Dice::new(seed);
    let knobs = Knobs::random(&dice);
    let clock = StoreClock::new();
    let history = History::new(clock.clone(), LEASE, knobs.strict, keeps_log);
    history.log(|| format!("seed {seed}: {knobs:?}"));
    let store = MemoryStore::with_clock(clock.clone());
    let world = World { knobs, dice, clock, store, history, weather: Weather::default() };
    let site = Site::begin(&world);
    // Lets the first processes begin.
    sleep(Duration::from_millis(1)).await;
    tokio::spawn(chaos::run(world.clone(), site.clone()));
    for number in 0..world.knobs.clients {
        Client::spawn(&world, &site, number);
    }
    sleep(world.knobs.chaos).await;
    world.history.log(|| "calm".into());
    world.weather.calm_down();
    calm(&world, &site).await;
    if !world.history.is_faulty() {
        end(&world, &site).await;
    }
    world.history
}

/// Waits until all is done, and checks that it comes on.
async fn calm(world: &World, site: &Site) {
    let history = &world.history;
    let began = Instant::now();
    let client =
        Client { world: world.clone(), site: site.clone(), dice: world.dice.fork(), number: usize::MAX };
    loop {
        sleep(Duration::from_secs(1)).await;
        if history.is_faulty() {
            return;
        }
        let back = history.facts().stepped_back;
        let has_clients = site.state().clients > 0;
        // What was on its way to the store when its caller died may still arrive.
        let arrived = began.elapsed() > CALL_TIME;
        if !has_clients && arrived && is_over(history) {
            return;
        }
        if !has_clients {
            client.complete_some().await;
        }
        let mut facts = history.facts();
        if began.elapsed() > LEASE * 2 + POLL * 2 + CALL_TIME + Duration::from_secs(2) + back {
            let held = facts.held_by_the_dead();
            if !held.is_empty() {
                facts.fault(format_args!("nobody takes over from dead processes: {}", held.join(", ")));
            }
        }
        let unfinished: Vec<View> = facts.unfinished().cloned().collect();
        if facts.moved.elapsed() > STANDSTILL + back && (has_clients || !unfinished.is_empty()) {
            facts.fault(format_args!("nothing comes on any more: {unfinished:#?}"));
        }
        drop(facts);
        if began.elapsed() > CALL_TIME + POLL * 2 {
            check_claimed(world, site, &unfinished);
        }
    }
}

fn is_over(history: &History) -> bool {
    let facts = history.facts();
    let open = facts.operations.values().flat_map(|known| &known.executions).any(Execution::is_open);
    !open && facts.unfinished().next().is_none()
}

/// Checks that nothing waits that could run.
fn check_claimed(world: &World, site: &Site, unfinished: &[View]) {
    let now = world.clock.now();
    let has_slot = site.living().iter().any(|process| process.engine.stats().running < world.knobs.slots());
    if !has_slot || world.history.facts().moved.elapsed() <= POLL * 2 {
        return;
    }
    let may_run = |view: &&View| {
        let due = match view.state() {
            lro::store::State::Queued { not_before, .. } => {
                not_before.is_none_or(|time| time.saturating_add(POLL * 2) <= now)
            }
            _ => false,
        };
        let of_key = |other: &&View| view.exclusive().is_some() && other.exclusive() == view.exclusive();
        let holds = view.exclusive().is_none()
            || lro::store::holder(unfinished.iter().filter(of_key))
                .is_some_and(|holder| holder.name() == view.name());
        view.kind() == StateKind::Queued && due && holds
    };
    if let Some(view) = unfinished.iter().find(may_run) {
        let mut facts = world.history.facts();
        let label = facts.label(view.name());
        facts.fault(format_args!("{label} waits although there is a slot for it: {view:?}"));
    }
}

/// Checks how everything ended.
async fn end(world: &World, site: &Site) {
    // Until hung calls of before are given up, and the last hints and looks are done.
    sleep(CALL_TIME * 2).await;
    let history = &world.history;
    {
        let mut facts = history.facts();
        let now = facts.now();
        let is_lost = |known: &&crate::history::Operation| match &known.view {
            Some(view) => !view.is_done(),
            None => false,
        };
        let lost: Vec<_> = facts.operations.values().filter(is_lost).map(|known| known.number).collect();
        if !lost.is_empty() {
            facts.fault(format_args!("at {now:?} these are not done: {lost:?}"));
        }
    }
    for process in site.living() {
        let stats = process.engine.stats();
        let lost_hints = history.facts().processes[process.number].lost_hints;
        if stats.running > 0 || stats.waiting > 0 || (stats.queued > 0 && !lost_hints) {
            history.fault(format_args!("p{} leaks: {stats:?}", process.number));
        }
        if history.facts().processes[process.number].draining_since.is_none() {
            probe(world, &process).await;
        }
    }
}

/// Checks that a process has all of its slots: it fills them at once.
async fn probe(world: &World, process: &Process) {
    let slots = world.knobs.slots().min(4);
    let began = Instant::now();
    for _ in 0..slots {
        let step = Step { sleep_millis: 1_000, progress: false, checkpoint: false };
        let job = Job { steps: vec![step], ..Job::default() };
        let start = Start::<Progress>::new();
        if let Err(status) = process.engine.start(WORK, Request::new(job), start).await {
            world.history.fault(format_args!("p{} is idle and refuses a start: {status:?}", process.number));
        }
    }
    sleep(Duration::from_millis(500)).await;
    let running = process.engine.stats().running;
    if running != slots || began.elapsed() > Duration::from_millis(600) {
        world.history.fault(format_args!("p{} runs {running} at once and not {slots}", process.number));
    }
    sleep(Duration::from_secs(1)).await;
    if process.engine.stats().running != 0 {
        world.history.fault(format_args!("p{} does not end what it runs", process.number));
    }
}
