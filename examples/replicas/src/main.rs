//! `cargo run -p replicas`: the library as four processes on one PostgreSQL database, and what happens when some of them die.

mod api;
mod fleet;
mod show;
mod worker;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "replicas", about = "A library as several processes on one PostgreSQL database")]
struct Cli {
    /// The URL of the database to use; a private one is made and removed where none is named.
    #[arg(long)]
    postgres: Option<String>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What one of the processes does.
#[derive(Debug, Subcommand)]
enum Role {
    /// Accept imports, and answer questions about them.
    Api {
        /// The database.
        url: String,
    },
    /// Do the work of imports.
    Worker {
        /// The database.
        url: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { postgres, role } = Cli::parse();
    let ended = match role {
        None => run(postgres).await,
        Some(Role::Api { url }) => api::run(&url).await,
        Some(Role::Worker { url }) => worker::run(&url).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replicas: {}", library::explain::explain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(postgres: Option<String>) -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let Some(url) = postgres else {
        println!("# A PostgreSQL server of its own");
        let cluster = test_postgres::cluster::Builder::new()?.start()?;
        println!("it runs from {}\n", cluster.data_dir().display());
        // It goes, with its files, when this ends.
        return show::run(&program, &cluster.url("postgres")).await;
    };
    show::run(&program, &url).await
}
