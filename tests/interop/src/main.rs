//! `cargo xtask interop` runs this: the clients of others against the example's server, on each store.
//!
//! - `check`: what each client tries. `client`: who they are. The programs are in `python`, `node` and `go` beside this folder.
//! - `install`: what they need, below the target folder.
//! - `store`, `server`: what they talk to.
//! - `program`: running one of them, and what it says. `report`: the tables.
//! - `fault`, `proxy`: a server that does one thing wrong, which shows that each check can fail.

mod check;
mod client;
mod fault;
mod install;
mod program;
mod proxy;
mod report;
mod server;
mod store;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum as _};
use futures_util::future::{join_all, try_join_all};

use crate::check::Check;
use crate::client::Client;
use crate::fault::Fault;
use crate::program::{Outcome, Program};
use crate::report::Table;
use crate::server::Server;
use crate::store::Store;

/// What goes wrong is for a person to read, so that its type does not matter.
type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Runs the clients of others against the example's server, on each store, and then against servers that do one thing wrong.
#[derive(Debug, Parser)]
struct Args {
    /// The program of the example.
    #[arg(long)]
    library: PathBuf,
    /// The folder for what is installed and built.
    #[arg(long)]
    folder: PathBuf,
    /// On which stores; on all unless it is said.
    #[arg(long, value_delimiter = ',')]
    store: Vec<Store>,
    /// Only these clients.
    #[arg(long, value_delimiter = ',')]
    client: Vec<Client>,
    /// Leaves out the servers that do one thing wrong.
    #[arg(long)]
    no_faults: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all clients got along with the server, and noticed each fault.
async fn run(mut args: Args) -> Result<bool> {
    if args.store.is_empty() {
        args.store = Store::value_variants().to_vec();
    }
    if args.client.is_empty() {
        args.client = Client::value_variants().to_vec();
    }
    let mut programs = Vec::new();
    for &client in &args.client {
        programs.push(Program::new(client, install::command(client, &args.folder).await?));
    }

    // The stores side by side, as most of the time clients wait for work; the clients of each after one another.
    let mut tables = try_join_all(args.store.iter().map(|&store| on_store(&args, store, &programs))).await?;
    if !args.no_faults {
        tables.extend(with_faults(&args, &programs).await?);
    }
    for table in &tables {
        print!("\n{table}");
    }
    let is_well = tables.iter().all(Table::is_well);
    println!("\n{}", if is_well { "all is well" } else { "not all is well" });
    Ok(is_well)
}

async fn on_store(args: &Args, store: Store, programs: &[Program]) -> Result<Table> {
    let server = Server::start(&args.library, store).await?;
    let mut rows = BTreeMap::new();
    for program in programs {
        let begin = Instant::now();
        rows.insert(program.client(), program.run_all(server.address()).await);
        println!("{} on {store}: {:.1} s", program.client(), begin.elapsed().as_secs_f64());
    }
    Ok(Table::new(format!("on {store}"), rows))
}

/// What is found out of servers that do one thing wrong: a check has done its work if it fails. First comes the table of the proxy alone,
/// with which all is well, so that what fails later fails for the fault.
async fn with_faults(args: &Args, programs: &[Program]) -> Result<[Table; 2]> {
    let server = Server::start(&args.library, Store::Memory).await?;
    let address = proxy::start(server.address(), None).await?;
    let alone = programs.iter().map(async |program| (program.client(), program.run_all(&address).await));
    let rows = join_all(alone).await.into_iter().collect();
    let control = Table::new("behind a proxy that does nothing".to_owned(), rows);

    let mut rows: BTreeMap<Client, BTreeMap<Check, Outcome>> = BTreeMap::new();
    for fault in Fault::ALL {
        let begin = Instant::now();
        let check = fault.check();
        let address = proxy::start(server.address(), Some(fault)).await?;
        let concerned = programs.iter().filter(|program| program.client().checks().any(|has| has == check));
        let found = concerned.map(async |program| {
            let shelf = format!("shelves/{}-without", program.client());
            let outcome = program.run(&address, &shelf, &[check]).await.remove(&check);
            (program.client(), outcome.unwrap_or(Outcome::Passed))
        });
        for (client, outcome) in join_all(found).await {
            let outcome = match outcome {
                Outcome::Failed(_) => Outcome::Passed,
                Outcome::Silent(why) => Outcome::Silent(why),
                Outcome::Passed => Outcome::Failed(format!("has not noticed that {fault}")),
            };
            rows.entry(client).or_default().insert(check, outcome);
        }
        println!("{fault}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    let title = "of a server that does one thing wrong, the check of it fails".to_owned();
    Ok([control, Table::new(title, rows)])
}
