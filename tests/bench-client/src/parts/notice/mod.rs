//! How soon the end of an operation is noticed, and after how many calls: on paused time, beside the policies of other clients.

mod trial;

use std::time::Duration;

use test_measure::Outcome;
use test_measure::figures::{Figures, count, median, millis};
use tokio::runtime::Builder;

use self::trial::{Contender, Lengths, Trial, Trials};

/// How many operations of each length a seed has.
const OPERATIONS: u64 = 20;

/// For how long servers hold `WaitOperation`. Ours asks for 45 s.
const HOLDS: [Duration; 4] =
    [Duration::from_secs(45), Duration::from_secs(20), Duration::from_secs(10), Duration::from_secs(4)];

/// How many milliseconds after the end half of the waiters may still not know where the server holds `WaitOperation`.
const NOTICE_LIMIT: f64 = 5.0;

/// How many times the calls of the thriftier peer ours may make where there is no `WaitOperation`.
const CALLS_LIMIT: f64 = 1.5;

pub(crate) fn run(seeds: u64, figures: &mut Figures) -> Outcome {
    println!(
        "{seeds} seeds of {OPERATIONS} operations on paused time; each lasts for up to a tenth less or more than its row says, by the seed, so \
         that no schedule meets the end by luck; a call takes {} ms, for all clients",
        millis(trial::LATENCY)
    );
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        without_wait(seeds, figures).await?;
        with_wait(seeds, figures).await
    })
}

async fn without_wait(seeds: u64, figures: &mut Figures) -> Outcome {
    println!("\na server without WaitOperation, which the client has found out before (`fresh` has not)");
    println!("{:14} {:^44} {:^44}", "", "noticed late by, mean in s", "calls, mean");
    println!(
        "{:14} {:>9} {:>9} {:>9} {:14} {:>9} {:>9} {:>9} {:>9}",
        "operation of", "ours", "cloud-lro", "gax-go", "", "ours", "cloud-lro", "gax-go", "fresh"
    );
    for lengths in Lengths::ALL {
        let trials = async |contender| trial::run(contender, None, lengths, seeds * OPERATIONS).await;
        let ours = trials(Contender::Ours).await?;
        let fresh = trials(Contender::Fresh).await?;
        let cloud = trials(Contender::GoogleCloudLro).await?;
        let gax = trials(Contender::GaxGo).await?;
        let soon = figures.judge(ours.late() <= cloud.late().min(gax.late()));
        let few = figures.judge(ours.calls() <= CALLS_LIMIT * cloud.calls().min(gax.calls()));
        println!(
            "{lengths:14} {:9.3} {:9.3} {:9.3} {soon:14} {:9.2} {:9.2} {:9.2} {:9.2} {few}",
            ours.late(),
            cloud.late(),
            gax.late(),
            ours.calls(),
            cloud.calls(),
            gax.calls(),
            fresh.calls(),
        );
    }
    println!(
        "limits: no later than either of the two; {CALLS_LIMIT} times the calls of the one that makes fewer"
    );
    Ok(())
}

async fn with_wait(seeds: u64, figures: &mut Figures) -> Outcome {
    println!("\na server that holds WaitOperation");
    println!(
        "{:10} {:14} {:>16} {:9} {:>12} {:>24}",
        "held for", "operation of", "late by, p50 ms", "", "calls, mean", "other than length / hold"
    );
    for hold in HOLDS {
        for lengths in Lengths::ROWS {
            let trials = trial::run(Contender::Fresh, Some(hold), lengths, seeds).await?;
            let late = median(trials.iter().map(|trial| millis(trial.late)).collect());
            // The news of the end has to arrive before a hold is over.
            let least = |trial: &Trial| least_calls(trial.length + trial::LATENCY, hold);
            let odd = trials.iter().filter(|trial| trial.calls != least(trial)).count();
            let (soon, few) = (figures.judge(late < NOTICE_LIMIT), figures.judge(odd == 0));
            println!(
                "{:10} {lengths:14} {late:16.3} {soon:9} {:12.2} {odd:24} {few}",
                format!("{} s", hold.as_secs()),
                trials.calls()
            );
        }
    }
    println!(
        "limits: p50 below {NOTICE_LIMIT} ms; every operation takes as many calls as holds fit into it, rounded up"
    );
    Ok(())
}

/// How many calls it takes if each is held for as long as the server holds it.
fn least_calls(length: Duration, hold: Duration) -> usize {
    usize::try_from(length.as_nanos().div_ceil(hold.as_nanos())).unwrap_or(usize::MAX)
}

impl Trials {
    /// How late the end was noticed, in seconds.
    fn late(&self) -> f64 {
        self.iter().map(|trial| trial.late.as_secs_f64()).sum::<f64>() / count(self.len())
    }

    fn calls(&self) -> f64 {
        self.iter().map(|trial| count(trial.calls)).sum::<f64>() / count(self.len())
    }
}
