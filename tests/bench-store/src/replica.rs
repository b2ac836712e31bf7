//! A process of a fleet: an engine that works until its standard input ends.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lro::{Context, Engine, codegen};
use lro_postgres::PostgresStore;
use test_measure::Outcome;
use test_measure::jobs::START;
use test_measure::rpc::{Done, Job};
use tokio::io::{AsyncReadExt as _, stdin};
use tonic::Status;

/// What a job of each text does. The response is the time of what it was about, in nanoseconds since the Unix epoch.
pub(crate) mod text {
    /// Ends after a moment: when it has ended.
    pub(crate) const SHORT: &str = "short";
    /// Goes on until it is asked to stop: when it has heard of that.
    pub(crate) const UNTIL_CANCELLED: &str = "until cancelled";
    /// Never ends in the first attempt: when the next one has begun.
    pub(crate) const NEXT_ATTEMPT: &str = "next attempt";
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    pub(crate) url: String,
    /// Whether it hears of changes, or looks for them.
    #[arg(long)]
    pub(crate) deaf: bool,
    /// In milliseconds.
    #[arg(long)]
    pub(crate) lease: u64,
    /// How often it looks for what no hint has told, in milliseconds.
    #[arg(long)]
    pub(crate) poll: u64,
}

pub(crate) async fn run(args: &Args) -> Outcome {
    let store = PostgresStore::builder(&args.url).hints(!args.deaf).connect().await?;
    let engine = Engine::builder(store)
        .lease(Duration::from_millis(args.lease))
        .poll_interval(Duration::from_millis(args.poll))
        .drain_time(Duration::ZERO)
        .build();
    let serving = codegen::Serving::new(Arc::new(Service), &engine);
    codegen::register_method(&serving, START, START.descriptors(), Service::run);
    println!("ready");
    stdin().read_to_end(&mut Vec::new()).await?;
    engine.drain().await;
    Ok(())
}

#[derive(Debug)]
struct Service;

impl Service {
    async fn run(&self, job: Job, operation: Context<()>) -> Result<Done, Status> {
        match job.text.as_str() {
            text::UNTIL_CANCELLED => operation.cancelled().await,
            text::NEXT_ATTEMPT if operation.attempt() == 1 => std::future::pending().await,
            text::NEXT_ATTEMPT => {}
            _ => tokio::time::sleep(Duration::from_millis(rand::random_range(2..20))).await,
        }
        Ok(Done { text: now().to_string() })
    }
}

/// The time since the Unix epoch in nanoseconds, by which processes of one machine agree.
pub(crate) fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos())
}
