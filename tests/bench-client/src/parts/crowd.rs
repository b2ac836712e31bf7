//! Many handles on one connection: how often they ask together, whether all of them learn of the end, and what they are to calls that
//! nobody wants to see wait.

use std::time::Duration;

use lro::Client;
use lro::google::longrunning::operations_server::OperationsServer;
use test_measure::Outcome;
use test_measure::figures::{Figures, Limit, count, p99};
use test_measure::jobs::START;
use test_tools::Dice;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tonic::transport::server::TcpIncoming;

use crate::server::Server;

const HANDLES: usize = 10_000;

/// How many calls a second the client makes on its own unless it is told another number.
const POLLS: u32 = 50;

/// How many streams the server allows on a connection.
const STREAMS: u32 = 100;

/// For how long a server that waits holds its answer.
const HOLD: Duration = Duration::from_secs(30);

/// How often somebody cancels an operation.
const CANCELS_EVERY: Duration = Duration::from_millis(20);

/// How many milliseconds `cancel` may take, 99 times of 100.
const CANCEL_LIMIT: f64 = 100.0;

/// For so many seconds calls are counted.
const SPANS: [u32; 2] = [1, 10];

/// How much of a second's calls may come at once after a rest, beyond those of the span.
const BURST: f64 = 0.2;

/// The longest pause of one handle.
const LONGEST_PAUSE: Duration = Duration::from_secs(45);

/// A way to have them all wait.
#[derive(Debug, Clone, Copy)]
struct Crowd {
    server: &'static str,
    hold: Option<Duration>,
    /// How many calls a second the client makes on its own.
    polls: u32,
    /// The operations end one after the other over this time.
    ends: Duration,
}

/// With the default of 50 calls a second, it takes 200 s to ask for each of them once. So there is a higher cap too, under which all handles end as soon
/// as their pauses let them.
const CROWDS: [Crowd; 4] = {
    let polling = Crowd { server: "polling only", hold: None, polls: POLLS, ends: Duration::from_secs(60) };
    let waiting = Crowd { server: "waiting", hold: Some(HOLD), ..polling };
    let (polls, ends) = (1_000, Duration::from_secs(20));
    [polling, waiting, Crowd { polls, ends, ..polling }, Crowd { polls, ends, ..waiting }]
};

pub(crate) fn run(figures: &mut Figures) -> Outcome {
    println!("{HANDLES} handles on one connection over loopback, whose server allows {STREAMS} streams");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for crowd in CROWDS {
        runtime.block_on(crowd.run(figures))?;
    }
    Ok(())
}

impl Crowd {
    async fn run(self, figures: &mut Figures) -> Outcome {
        println!(
            "\na server that is {}, {} calls a second, operations that end over {} s",
            self.server,
            self.polls,
            self.ends.as_secs()
        );
        let server = Server::new(self.hold, Duration::ZERO);
        let client = connect(&server).await?.max_polls_per_second(self.polls.into());
        let begin = Instant::now();
        let mut waiting = JoinSet::new();
        for number in 1..=HANDLES {
            let end = begin + self.ends.mul_f64(count(number) / count(HANDLES));
            let operation = client.attach(START, server.start(Some(end)));
            waiting.spawn(async move { operation.wait().await.map(drop) });
        }
        let (stop, stopped) = oneshot::channel();
        let cancelling = tokio::spawn(cancel_some(client, stopped));
        let mut ended = 0;
        let all = timeout(self.limit(), async {
            while let Some(waited) = waiting.join_next().await {
                waited??;
                ended += 1;
            }
            Outcome::Ok(())
        });
        // That time ran out is seen from how many have ended.
        all.await.unwrap_or(Ok(()))?;
        let took = begin.elapsed();
        drop(stop);
        let cancels = cancelling.await??;

        let asked = server.take_asked();
        figures.print("have learned of the end", count(ended), "handles", Limit::AtLeast(count(HANDLES)));
        figures.print("the last of them after", took.as_secs_f64(), "s", Limit::None);
        for seconds in SPANS {
            let what = format!("most calls in {seconds} s");
            let most = most_within(&asked, Duration::from_secs(seconds.into()));
            let cap = f64::from(seconds * self.polls) + BURST * f64::from(self.polls);
            // Calls that are a millisecond apart come in bursts: what the network does to them is no matter of the client.
            let limit = if self.polls == POLLS { Limit::AtMost(cap) } else { Limit::None };
            figures.print(&what, count(most), "calls", limit);
        }
        figures.print("calls in all", count(asked.len()), "calls", Limit::None);
        figures.print("calls of `cancel`", count(cancels.len()), "calls", Limit::None);
        figures.print("p99 of `cancel`", p99(cancels), "ms", Limit::AtMost(CANCEL_LIMIT));
        Ok(())
    }

    /// How long it may take at most: each handle is asked for once before its end and once after, by turns, and a pause may be between.
    fn limit(self) -> Duration {
        let turns = count(2 * HANDLES) / f64::from(self.polls);
        self.ends + Duration::from_secs_f64(turns) + LONGEST_PAUSE
    }
}

async fn connect(server: &Server) -> Outcome<Client> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let service = OperationsServer::new(server.clone());
    let router = tonic::transport::Server::builder().max_concurrent_streams(STREAMS).add_service(service);
    tokio::spawn(router.serve_with_incoming(incoming));
    Ok(Client::connect(format!("http://{address}")).await?)
}

/// Cancels one operation after the other until nobody wants more of it, whether the last call has been answered or not. Returns how long each call
/// took.
async fn cancel_some(client: Client, mut stopped: oneshot::Receiver<()>) -> Outcome<Vec<Duration>> {
    let (dice, mut calls) = (Dice::new(0), JoinSet::new());
    let mut ticks = interval(CANCELS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopped.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
        ticks.tick().await;
        // A handle of its own knows of no end, so that it makes the call.
        let operation = client.operation(START, format!("operations/{}", dice.index(HANDLES)));
        calls.spawn(async move {
            let called = Instant::now();
            operation.cancel().await.map(|()| called.elapsed())
        });
    }
    let mut times = Vec::new();
    while let Some(time) = calls.join_next().await {
        times.push(time??);
    }
    Ok(times)
}

/// The most that came within any span of this length. `times` are in order.
fn most_within(times: &[Instant], span: Duration) -> usize {
    let within = |(at, first): (usize, &Instant)| times[at..].partition_point(|time| *time < *first + span);
    times.iter().enumerate().map(within).max().unwrap_or_default()
}
