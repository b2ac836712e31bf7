//! `cargo run -p observability`: the library under a little traffic, with a log, an endpoint for Prometheus
//! (<http://127.0.0.1:9464/metrics>), and spans for OpenTelemetry. `prometheus.yml` beside it says where to look, and
//! `dashboard.json` is for Grafana (Dashboards, New, Import).

mod telemetry;
mod traffic;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use library::books::Books;
use library::server::{Library, serve};
use lro::Engine;
use lro::store::MemoryStore;
use tokio::net::TcpListener;

#[derive(Debug, Parser)]
#[command(name = "observability", about = "A library whose operations can be watched")]
struct Args {
    /// Where Prometheus finds the metrics.
    #[arg(long, default_value = "127.0.0.1:9464")]
    metrics: SocketAddr,
    /// How many imports begin in a second.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    // Before the engine, which tells the recorder what each metric is.
    let spans = telemetry::install(args.metrics)?;
    let engine = Engine::builder(MemoryStore::new()).concurrency(20).build();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    println!("serving on {address}, metrics on http://{}/metrics; Ctrl-C ends it", args.metrics);
    let traffic = tokio::spawn(traffic::run(address, args.rate));
    let library = Library { fetch_time: Duration::from_millis(400), books: Books::in_memory() };
    serve(listener, library, engine, tokio::signal::ctrl_c(), tokio::signal::ctrl_c()).await?;
    traffic.abort();
    // What has not been exported yet is.
    spans.shutdown()?;
    Ok(())
}
