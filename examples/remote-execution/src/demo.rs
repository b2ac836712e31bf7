//! A server as a process of its own, and its clients: an action from upload to output, its result from the cache, two clients
//! on one action, a stream that breaks, a cancellation, failures, and a server that is killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use library::child::Server;
use tonic::Code;

use crate::client::Client;
use crate::job::Job;
use crate::pb::ExecuteResponse;
use crate::pb::execution_stage::Value as Stage;
use crate::problem;
use crate::proxy::Proxy;
use crate::show;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs all of it, with servers that are this program, in a folder of their own that is removed in the end.
///
/// # Errors
///
/// Anything went otherwise than the demo says.
pub async fn run(program: &Path) -> Result {
    let folder = tempfile::tempdir()?;
    let root = format!("--root={}", folder.path().join("server").display());
    // A short lease, so that nobody waits for half a minute until the work of a dead process goes on.
    let arguments = [&*root, "--places=1", "--lease=2"];
    let server = Server::start(program, &arguments).await?;
    let client = Client::connect(server.address()).await?;

    succeed(&client).await?;
    queue(&client, &Gate::new(folder.path(), "queue")).await?;
    share(&client, server.address(), &Gate::new(folder.path(), "share")).await?;
    breaks(server.address(), &Gate::new(folder.path(), "break")).await?;
    cancel(&client, &Gate::new(folder.path(), "cancel")).await?;
    fail(&client).await?;
    let server = outlive(&client, server, program, &arguments, &Gate::new(folder.path(), "outlive")).await?;

    println!("\n# Shutdown");
    // Open connections would keep the server waiting.
    drop(client);
    server.terminate().await?;
    if !server.ended_well().await? {
        return Err("the server did not end well".into());
    }
    println!("the server has drained");
    folder.close()?;
    Ok(())
}

async fn succeed(client: &Client) -> Result {
    println!("# An action, from upload to output");
    let job = Job::script("sort names/*.txt > out/sorted && wc -l < out/sorted")
        .input("names/poets.txt", "Sappho\nHafez\nBasho\n")
        .input("names/painters.txt", "Kahlo\nTurner\n")
        .output("out/sorted");
    let action = client.upload(&job).await?;
    let execution = client.execute(&action).await?;
    println!("started {execution}");
    let response = show::follow(&execution).await?;
    show::response(client, &response).await?;
    expect(&response, None, 0)?;
    let sorted = response.result.as_ref().and_then(|result| result.output_files.first()?.digest.as_ref());
    if client.read(sorted).await? != b"Basho\nHafez\nKahlo\nSappho\nTurner\n" {
        return Err("the output is another one".into());
    }

    println!("\n# The same action again: there is a result already");
    let response = show::follow(&client.execute(&action).await?).await?;
    show::response(client, &response).await?;
    if response.cached_result { Ok(()) } else { Err("it was not cached".into()) }
}

async fn queue(client: &Client, gate: &Gate) -> Result {
    println!("\n# Two actions, and a place for one");
    let mut executions = Vec::new();
    for (name, stage) in [("first", Stage::Executing), ("second", Stage::Queued)] {
        println!("the {name}");
        let action = client.upload(&Job::script(&format!("{}; echo {name}", gate.wait()))).await?;
        let execution = client.execute(&action).await?;
        show::until(&execution, stage).await?;
        executions.push(execution);
    }
    gate.open()?;
    for execution in executions {
        show::response(client, &execution.wait().await?).await?;
    }
    Ok(())
}

async fn share(client: &Client, address: &str, gate: &Gate) -> Result {
    println!("\n# Two clients want one action at the same time");
    let action = client.upload(&Job::script(&format!("{}; echo once >&2", gate.wait()))).await?;
    let first = client.execute(&action).await?;
    show::until(&first, Stage::Executing).await?;
    let other = Client::connect(address).await?;
    let second = other.execute(&action).await?;
    println!("one has {first}\nthe other has {second}");
    if first.name() != second.name() {
        return Err("they do not share it".into());
    }
    gate.open()?;
    let (one, two) = tokio::try_join!(first.wait(), second.wait())?;
    show::response(client, &one).await?;
    if one == two { Ok(()) } else { Err("they have different results".into()) }
}

async fn breaks(address: &str, gate: &Gate) -> Result {
    println!("\n# The connection breaks while an action runs");
    let proxy = Proxy::start(address).await?;
    let client = Client::connect(&proxy.address()).await?;
    let action = client.upload(&Job::script(&format!("{}; echo still here", gate.wait()))).await?;
    let execution = client.execute(&action).await?;
    show::until(&execution, Stage::Executing).await?;
    proxy.cut();
    println!("cut it; the command goes on, and so does the handle:");
    let followed = show::follow(&execution);
    let opened = async {
        // Not before the client follows it again.
        while !client.calls().iter().any(|method| method == "WaitExecution") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        gate.open()
    };
    let (response, opened) = tokio::join!(followed, opened);
    opened?;
    show::response(&client, &response?).await?;
    println!("the client has called {}", client.calls().join(", "));
    Ok(())
}

async fn cancel(client: &Client, gate: &Gate) -> Result {
    println!("\n# A cancelled action");
    let action = client.upload(&Job::script(&format!("echo begun; {}", gate.wait()))).await?;
    let execution = client.execute(&action).await?;
    show::until(&execution, Stage::Executing).await?;
    execution.cancel().await?;
    let response = show::follow(&execution).await?;
    show::response(client, &response).await?;
    expect(&response, Some(Code::Cancelled), 137)
}

async fn fail(client: &Client) -> Result {
    println!("\n# Failures: of the request, of the start, of the command");
    let (action, mut uploads) = Job::script("cat lost").input("lost", "nobody uploads this").encode();
    uploads.retain(|_, (_, bytes)| bytes != b"nobody uploads this");
    client.store(&uploads).await?;
    let refused = client.execute(&action).await.err().ok_or("an action without its input ran")?;
    println!("refused: {:?}, missing {}", refused.code(), problem::missing_blobs(&refused).join(", "));
    let nobody = Job { arguments: vec!["/bin/no-such-program".to_owned()], ..Job::default() };
    let code = Some(Code::FailedPrecondition);
    for (job, code, exit_code) in [(nobody, code, 127), (Job::script("echo no >&2; exit 3"), None, 3)] {
        let action = client.upload(&job).await?;
        let response = client.execute(&action).await?.wait().await?;
        show::response(client, &response).await?;
        expect(&response, code, exit_code)?;
        match client.remembered(&action).await {
            Err(status) if status.code() == Code::NotFound => {}
            _ => return Err("a failure was remembered".into()),
        }
    }
    Ok(())
}

/// Kills the server while an action runs, and starts another one in its folder.
async fn outlive(
    client: &Client,
    server: Server,
    program: &Path,
    arguments: &[&str],
    gate: &Gate,
) -> Result<Server> {
    println!("\n# The server is killed while an action runs");
    let action = client.upload(&Job::script(&format!("{}; echo at last", gate.wait()))).await?;
    let execution = client.execute(&action).await?;
    show::until(&execution, Stage::Executing).await?;
    let listen = format!("--listen={}", server.address().trim_start_matches("http://"));
    server.kill().await?;
    println!("killed it; its command ended with it");
    let server = Server::start(program, &[arguments, &[&*listen]].concat()).await?;
    println!("another server runs the action again when the dead one's lease is over:");
    gate.open()?;
    let response = show::follow(&execution).await?;
    show::response(client, &response).await?;
    expect(&response, None, 0)?;
    Ok(server)
}

fn expect(response: &ExecuteResponse, code: Option<Code>, exit_code: i32) -> Result {
    let is_code = response.status.as_ref().map(|status| Code::from_i32(status.code));
    let is_exit_code = response.result.as_ref().map(|result| result.exit_code);
    if (is_code, is_exit_code) == (code, Some(exit_code)) {
        return Ok(());
    }
    Err(format!("it ended with {is_code:?} and {is_exit_code:?}").into())
}

/// A file for which commands wait, so that nobody has to guess how long they take. It is outside of their inputs, which the
/// sandbox of this example does not keep them from.
#[derive(Debug)]
pub struct Gate(PathBuf);

impl Gate {
    /// A gate that is closed.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self(folder.join(name))
    }

    /// The file that opens it.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The part of a script that waits for it.
    pub fn wait(&self) -> String {
        format!("until test -e '{}'; do sleep 0.02; done", self.0.display())
    }

    /// Opens it, once and for all.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    pub fn open(&self) -> std::io::Result<()> {
        fs::write(&self.0, "")
    }
}
