//! `cargo run -p library -- demo`, or `server` and `client` in two terminals.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use library::explain::explain;
use library::signals::Signals;
use library::storage::{Place, Storage};
use library::{client, demo, server};
use lro::Engine;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[derive(Debug, Parser)]
#[command(name = "library", about = "A library that imports books, as long-running operations over gRPC")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A server and its clients: success, failure, cancellation, resuming, and a server that is killed.
    Demo,
    /// Serve until Ctrl-C or SIGTERM, and then let running imports end; a second one ends that.
    Server {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:50051")]
        listen: String,
        /// How long it takes to fetch one book, in milliseconds.
        #[arg(long, default_value_t = 1000)]
        fetch_time: u64,
        /// Where to keep operations and books: memory, sqlite:PATH or postgres:URL.
        #[arg(long, default_value = "sqlite:library.db")]
        store: Place,
        /// After how many seconds without a sign of life of this process another one takes over what it does.
        #[arg(long, default_value_t = 30)]
        lease: u64,
    },
    /// Talk to a server in another process.
    Client {
        /// The server.
        #[arg(long, default_value = "http://127.0.0.1:50051")]
        server: String,
        #[command(subcommand)]
        action: Action,
    },
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Import books and follow the operation; Ctrl-C cancels it.
    Import {
        /// The shelf, such as shelves/1.
        shelf: String,
        /// Where the books are, such as `books://moby-dick`.
        #[arg(required = true)]
        uris: Vec<String>,
    },
    /// Follow an operation that was started before.
    Resume {
        /// The name of the operation.
        name: String,
    },
    /// Cancel an operation.
    Cancel {
        /// The name of the operation.
        name: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("library: {}", explain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Demo => demo::run(&std::env::current_exe()?).await?,
        Command::Server { listen, fetch_time, store, lease } => {
            let Storage { operations, books } = store.open().await?;
            let listener = TcpListener::bind(&listen)
                .await
                .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
            println!("listening on http://{}", listener.local_addr()?);
            let library = server::Library { fetch_time: Duration::from_millis(fetch_time), books };
            let engine = Engine::builder(operations).lease(Duration::from_secs(lease)).build();
            let mut signals = Signals::new()?;
            let (begin, shutdown) = oneshot::channel::<()>();
            let (press, hurry) = oneshot::channel::<()>();
            tokio::spawn(async move {
                for told in [begin, press] {
                    signals.next().await;
                    // The server may have ended by itself.
                    let _ = told.send(());
                }
            });
            server::serve(listener, library, engine, shutdown, hurry).await?;
        }
        Command::Client { server, action } => talk(&server, action).await?,
    }
    Ok(())
}

async fn talk(server: &str, action: Action) -> Result<(), Box<dyn Error>> {
    let client =
        client::connect(server).await.map_err(|error| format!("cannot connect to {server}: {error}"))?;
    match action {
        Action::Import { shelf, uris } => {
            let operation = client::import(&client, &shelf, &uris).await?;
            client::follow(&operation).await?;
        }
        Action::Resume { name } => {
            client::follow(&client::resume(&client, &name)).await?;
        }
        Action::Cancel { name } => client::resume(&client, &name).cancel().await?,
    }
    Ok(())
}
