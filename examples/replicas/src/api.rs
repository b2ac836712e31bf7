//! A replica that accepts imports and answers questions about them. It does no work itself.

use std::error::Error;
use std::future::pending;
use std::time::Duration;

use library::server::{Library, serve};
use library::signals::Signals;
use library::storage::{Place, Storage};
use lro::Engine;
use tokio::net::TcpListener;

/// Serves until it is told to end.
///
/// # Errors
///
/// The database or the network fails.
pub(crate) async fn run(url: &str) -> Result<(), Box<dyn Error>> {
    let Storage { operations, books } = Place::Postgres(url.to_owned()).open().await?;
    let engine = Engine::builder(operations).serve_only().build();
    let library = Library { fetch_time: Duration::ZERO, books };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let mut signals = Signals::new()?;
    serve(listener, library, engine, async move { signals.next().await }, pending::<()>()).await?;
    Ok(())
}
