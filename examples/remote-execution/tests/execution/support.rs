//! A server process in a folder of its own, and what tests look at.

use std::fs;
use std::path::Path;
use std::time::Duration;

use library::child::Server;
use remote_execution::client::{Client, Execution};
use remote_execution::demo::Gate;
use remote_execution::job::Job;
use remote_execution::pb::execution_stage::Value as Stage;
use remote_execution::pb::{ActionResult, Digest, ExecuteResponse};
use remote_execution::show;
use tempfile::TempDir;
use tonic::Code;

pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_remote-execution"))
}

pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) client: Client,
    folder: TempDir,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = start(folder.path(), arguments).await;
        let client = Client::connect(server.address()).await.unwrap();
        Self { server, client, folder }
    }

    /// Another client, on a connection of its own.
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.server.address()).await.unwrap()
    }

    /// A gate for scripts to wait at. Its path is on the command line of all of their processes, and on no other.
    pub(crate) fn gate(&self, name: &str) -> Gate {
        Gate::new(self.folder.path(), name)
    }

    /// Kills the server, waits for what the caller wants to see then, and starts another one in its place and its folder.
    pub(crate) async fn replace_server(
        self,
        arguments: &[&str],
        meanwhile: impl Future<Output = ()>,
    ) -> Self {
        let Self { server, client, folder } = self;
        let listen = format!("--listen={}", server.address().trim_start_matches("http://"));
        server.kill().await.unwrap();
        meanwhile.await;
        let server = start(folder.path(), &[arguments, &[&listen]].concat()).await;
        Self { server, client, folder }
    }

    /// Asks the server to end, and once more when it drains. Whether it ended well. Handles of the client must be gone.
    pub(crate) async fn hurry_to_end(self, job: &Job) -> bool {
        let action = self.client.upload(job).await.unwrap();
        self.server.terminate().await.unwrap();
        // While it drains it still answers, and starts nothing.
        while self.client.execute(&action).await.err().is_none_or(|status| status.code() != Code::Unavailable)
        {
            pause().await;
        }
        self.server.terminate().await.unwrap();
        // Open connections would keep it waiting.
        drop(self.client);
        within(self.server.ended_well()).await.unwrap()
    }

    /// Uploads a job and starts it.
    pub(crate) async fn start(&self, job: &Job) -> (Digest, Execution) {
        let action = self.client.upload(job).await.unwrap();
        let execution = self.client.execute(&action).await.unwrap();
        (action, execution)
    }

    /// Starts a job and waits until its command runs.
    pub(crate) async fn begin(&self, job: &Job) -> Execution {
        let (_, execution) = self.start(job).await;
        show::until(&execution, Stage::Executing).await.unwrap();
        execution
    }

    /// Runs a job to its end.
    pub(crate) async fn run(&self, job: &Job) -> ExecuteResponse {
        within(self.start(job).await.1.wait()).await.unwrap()
    }

    pub(crate) async fn stdout(&self, result: &ActionResult) -> String {
        String::from_utf8(self.client.read(result.stdout_digest.as_ref()).await.unwrap()).unwrap()
    }
}

async fn start(folder: &Path, arguments: &[&str]) -> Server {
    let root = format!("--root={}", folder.join("server").display());
    // A short lease, for tests in which a server dies.
    Server::start(program(), &[&[&*root, "--lease=2"], arguments].concat()).await.unwrap()
}

/// Ends a test that hangs.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future).await.expect("it does not end")
}

/// The result of a command that has come to its end.
pub(crate) fn result(response: &ExecuteResponse) -> &ActionResult {
    assert_eq!(response.status, None);
    response.result.as_ref().unwrap()
}

/// Why a command has not come to its end.
pub(crate) fn code(response: &ExecuteResponse) -> Option<Code> {
    response.status.as_ref().map(|status| Code::from_i32(status.code))
}

/// How many processes wait at a gate. Those that are dead and not buried do not count.
pub(crate) fn waiting(gate: &Gate) -> usize {
    let script = gate.wait();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(&script)).count()
}

/// A moment between two looks at what has to come. No test is right because of it.
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// Returns when no process waits at a gate any more.
pub(crate) async fn nobody_waits(gate: &Gate) {
    within(async {
        while waiting(gate) > 0 {
            pause().await;
        }
    })
    .await;
}
