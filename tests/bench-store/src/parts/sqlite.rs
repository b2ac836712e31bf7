//! Start to done on SQLite, without a network, against the ceiling of group commits.

use std::time::Duration;

use lro::Engine;
use lro::store::{OperationName, Parent};
use lro_sqlite::SqliteStore;
use test_measure::figures::{Figures, Limit, p99};
use test_measure::jobs::{Jobs, start_to_done};
use test_measure::load::{self, CALLERS};
use test_measure::pairs::{Pairs, pair_of};
use test_measure::{Outcome, load::Run};

use super::print_cpu;
use crate::Plan;
use crate::raw::PAYLOAD;
use crate::raw::sqlite::Writer;

/// How long a slice of a run takes.
const SLICE: Duration = Duration::from_millis(300);

/// How much of the ceiling the engine has to reach.
const LIMIT: f64 = 0.5;

/// How many milliseconds an operation may take from its start to its end, for 99 of 100.
const SLOWEST: f64 = 50.0;

pub(crate) async fn run(plan: &Plan, figures: &mut Figures) -> Outcome {
    let folder = tempfile::tempdir()?;
    println!(
        "SQLite {}, every commit synced, in {}",
        lro_sqlite::rusqlite::version(),
        folder.path().display()
    );
    let writer = Writer::open(&folder.path().join("raw.db"))?;
    let jobs = Jobs::new(Engine::builder(SqliteStore::open(folder.path().join("lro.db")).await?));
    let ours = async |time| engine(&jobs.engine, time).await;
    let raw = async |time| {
        let write = |writer: Writer, _| async move {
            let name = OperationName::random(&Parent::default()).to_string();
            writer.two_writes(name).await.map_err(std::io::Error::other)
        };
        load::run(std::slice::from_ref(&writer), time, write).await
    };
    let (mut rates, mut cpu_rates) = (Pairs::default(), Pairs::default());
    for _ in 0..=plan.pairs {
        let (ours, raw) = pair_of(SLICE, ours, raw).await?;
        rates.push(ours.rate(), raw.rate());
        cpu_rates.push(ours.rate_of_cpu(), raw.rate_of_cpu());
    }
    figures.print("start to done", rates.ours(), "operations/s", Limit::None);
    figures.print(
        "an insert and a fenced update, in transactions of 64",
        rates.peer(),
        "pairs/s",
        Limit::None,
    );
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    print_cpu(&cpu_rates, figures);

    let time = Duration::from_secs(plan.seconds.unwrap_or(60));
    let run = ours(time).await?;
    let what = format!("start to done, {CALLERS} callers for {} s", time.as_secs());
    figures.print(&what, run.rate(), "operations/s", Limit::None);
    figures.print("p99 from start to done", p99(run.latencies), "ms", Limit::AtMost(SLOWEST));
    Ok(())
}

/// All callers start operations and wait until each is done.
pub(crate) async fn engine(engine: &Engine, time: Duration) -> Outcome<Run> {
    let call = |engine: Engine, _| async move { start_to_done(&engine, "x".repeat(PAYLOAD)).await };
    load::run(std::slice::from_ref(engine), time, call).await
}
