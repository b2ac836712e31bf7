//! `cargo run -p remote-execution -- demo`, or `server` and `client` in two terminals.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use library::explain::explain;
use library::signals::Signals;
use remote_execution::client::{Client, Execution};
use remote_execution::job::{Input, Job};
use remote_execution::server::Settings;
use remote_execution::{demo, sandbox, server, show};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[derive(Debug, Parser)]
#[command(
    name = "remote-execution",
    about = "Commands that run elsewhere, as streams of long-running operations"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A server and its clients: upload and output, the cache, two on one action, a broken stream, a cancellation.
    Demo,
    /// Serve until Ctrl-C or SIGTERM, and then let running actions end; a second one ends that.
    Server {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8980")]
        listen: String,
        /// The folder for everything; one server at a time has it.
        #[arg(long, default_value = "remote-execution.d")]
        root: PathBuf,
        /// How many actions run at a time.
        #[arg(long, default_value_t = 4)]
        places: usize,
        /// How many seconds an action may run.
        #[arg(long, default_value_t = 600)]
        longest: u64,
        /// After how many seconds without a sign of life of this process another one takes over what it does.
        #[arg(long, default_value_t = 30)]
        lease: u64,
        /// Do without namespaces, even where the system has them.
        #[arg(long)]
        no_namespaces: bool,
    },
    /// Talk to a server in another process.
    Client {
        /// The server.
        #[arg(long, default_value = "http://127.0.0.1:8980")]
        server: String,
        #[command(subcommand)]
        action: Action,
    },
    /// What the server starts commands with.
    #[command(hide = true)]
    Launch {
        seconds: u64,
        output: PathBuf,
        errors: PathBuf,
        #[arg(last = true)]
        command: Vec<OsString>,
    },
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run a command on the server and follow it.
    Run {
        /// A file that the command finds, by its path from here.
        #[arg(long = "input", value_name = "PATH")]
        inputs: Vec<String>,
        /// A file that is wanted of the command, seen from its folder.
        #[arg(long = "output", value_name = "PATH")]
        outputs: Vec<String>,
        /// Run it even if there is a result, and keep none.
        #[arg(long)]
        do_not_cache: bool,
        /// How many seconds it may run.
        #[arg(long)]
        timeout: Option<u64>,
        /// The program and its arguments.
        #[arg(required = true, last = true)]
        command: Vec<String>,
    },
    /// Follow an execution that was started before.
    Resume {
        /// The name of the operation.
        name: String,
    },
    /// Cancel an execution.
    Cancel {
        /// The name of the operation.
        name: String,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // It needs no runtime, and its process should have no threads that nobody needs.
    if let Command::Launch { seconds, output, errors, command } = command {
        return sandbox::launch(seconds, &output, &errors, &command);
    }
    match tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(command)))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("remote-execution: {}", explain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Demo => demo::run(&std::env::current_exe()?).await?,
        Command::Server { listen, root, places, longest, lease, no_namespaces } => {
            let settings = Settings {
                root,
                places,
                longest: Duration::from_secs(longest),
                lease: Duration::from_secs(lease),
                isolate: !no_namespaces,
            };
            serve(&listen, &settings).await?;
        }
        Command::Client { server, action } => talk(&server, action).await?,
        Command::Launch { .. } => {}
    }
    Ok(())
}

async fn serve(listen: &str, settings: &Settings) -> Result<(), Box<dyn Error>> {
    let execution = server::open(settings, &std::env::current_exe()?).await?;
    let listener =
        TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    // The first line is for programs that start this one and read no more.
    let apart = if execution.machine.has_namespaces() { "with" } else { "without" };
    eprintln!("commands run {apart} namespaces of their own");
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
    server::serve(listener, execution, shutdown, hurry).await?;
    Ok(())
}

async fn talk(server: &str, action: Action) -> Result<(), Box<dyn Error>> {
    let client =
        Client::connect(server).await.map_err(|error| format!("cannot connect to {server}: {error}"))?;
    match action {
        Action::Run { inputs, outputs, do_not_cache, timeout, command } => {
            let mut job = Job { arguments: command, outputs, do_not_cache, ..Job::default() };
            job.timeout = timeout.map(Duration::from_secs);
            for path in inputs {
                let bytes = fs::read(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
                job.inputs.insert(path, Input { bytes, is_executable: false });
            }
            let execution = client.execute(&client.upload(&job).await?).await?;
            println!("started {execution}");
            follow(&client, &execution).await?;
        }
        Action::Resume { name } => follow(&client, &client.resume(&name)).await?,
        Action::Cancel { name } => client.resume(&name).cancel().await?,
    }
    Ok(())
}

/// Shows an execution until it ends. Ctrl-C cancels it, and once more ends this program.
async fn follow(client: &Client, execution: &Execution) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::new()?;
    let interrupted = async {
        signals.next().await;
        if let Err(error) = execution.cancel().await {
            return error;
        }
        signals.next().await;
        std::process::exit(130)
    };
    let response = tokio::select! {
        response = show::follow(execution) => response?,
        error = interrupted => return Err(error.into()),
    };
    show::response(client, &response).await?;
    let is_well = response.status.is_none() && response.result.is_some_and(|result| result.exit_code == 0);
    if is_well { Ok(()) } else { Err("the command has failed".into()) }
}
