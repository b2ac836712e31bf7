//! What happens to processes, the store and its clock, without a call.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::knobs::{DRAIN, LEASE};
use crate::process::World;
use crate::site::Site;
use crate::weather::Outage;
use test_tools::Dice;

/// How often it is thrown for.
const TICK: Duration = Duration::from_secs(2);

/// The longest that a drain may take beyond its time: that of handing back, which is bounded too.
const HAND_BACK: Duration = Duration::from_secs(10);

/// Lets things happen until it is calm.
pub(crate) async fn run(world: World, site: Site) {
    let dice = world.dice.fork();
    loop {
        sleep(TICK.mul_f64(0.5) + dice.millis(0..1_000)).await;
        if world.weather.is_calm() {
            return;
        }
        let rates = &world.knobs.rates;
        if dice.happens(rates.outage) {
            world.history.cover("outages of the store");
            world.history.log(|| "the store is away".into());
            world.weather.break_out(Outage::random(&dice, LEASE * 3));
        }
        if dice.happens(rates.clock_step) {
            step(&world, &dice);
        }
        let Some(process) = site.pick(&dice) else { continue };
        if dice.happens(rates.partition) {
            world.history.cover("processes cut off");
            world.history.log(|| format!("p{} is cut off", process.number));
            process.cut_off(Outage::random(&dice, LEASE * 3));
        }
        if dice.happens(rates.resync) {
            world.history.cover("resyncs");
            process.connection.resync();
        }
        if dice.happens(rates.drain)
            && world.history.facts().processes[process.number].draining_since.is_none()
        {
            world.history.drain_process(process.number);
            tokio::spawn(drain(world.clone(), dice.fork(), process));
        }
    }
}

async fn drain(world: World, dice: Dice, process: std::sync::Arc<crate::process::Process>) {
    let began = Instant::now();
    let drained = async {
        if dice.happens(200) {
            // A second signal.
            let _ = timeout(dice.millis(0..6_000), process.engine.drain()).await;
            process.engine.stop();
        }
        process.engine.drain().await;
    };
    tokio::select! {
        biased;
        () = process.died.cancelled() => return,
        () = drained => {}
    }
    let took = began.elapsed();
    if took > DRAIN + HAND_BACK + Duration::from_millis(10) {
        world.history.fault(format_args!("the drain of p{} took {took:?}", process.number));
    }
    process.end("drained processes that end");
}

/// Moves the store's clock.
fn step(world: &World, dice: &Dice) {
    let (forward, by) = match dice.below(10) {
        0..=3 => (true, dice.millis(1..12_000)),
        4..=5 => (true, dice.millis(12_000..60_000)),
        6..=8 => (false, dice.millis(1..12_000)),
        _ => (false, dice.millis(12_000..25_000)),
    };
    world.clock.step(forward, by);
    let mut facts = world.history.facts();
    facts.coverage.add(if forward { "clock steps forward" } else { "clock steps back" });
    facts.log(|| format!("the store's clock goes {} by {by:?}", if forward { "forward" } else { "back" }));
    if forward {
        facts.stepped_forward = Some(Instant::now());
    } else {
        facts.stepped_back += by;
    }
}
