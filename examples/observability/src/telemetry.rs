//! Where metrics, spans and the log go.

use std::error::Error;
use std::net::SocketAddr;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{Registry, fmt};

/// Limits of buckets in seconds, from calls of a store to work of an hour.
const SECONDS: [f64; 14] =
    [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 600.0, 3_600.0];

/// Limits of buckets in items, up to the largest batch.
const ITEMS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0];

/// Has everything in this process go there, for as long as it lives. What is returned is to be shut down in the end.
pub(crate) fn install(metrics: SocketAddr) -> Result<SdkTracerProvider, Box<dyn Error>> {
    PrometheusBuilder::new()
        .with_http_listener(metrics)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_items".to_owned()), &ITEMS)?
        .install()?;
    // A server of yours adds the exporter of its choice here, such as that of opentelemetry-otlp.
    let spans = SdkTracerProvider::builder().build();
    let traces = tracing_opentelemetry::layer().with_tracer(spans.tracer("library"));
    let log = fmt::layer().with_writer(std::io::stderr);
    // Below this come the spans of h2, one for each frame.
    let subscriber = Registry::default().with(log.and_then(traces).with_filter(LevelFilter::INFO));
    tracing_subscriber::util::SubscriberInitExt::try_init(subscriber)?;
    Ok(spans)
}
