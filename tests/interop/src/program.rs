//! Running a client's program, and what it says.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use crate::check::Check;
use crate::client::Client;

/// How long all checks of a client may take: each ends by itself long before.
const LIMIT: Duration = Duration::from_secs(180);

/// How a program of a client is run, but for what it is to do.
#[derive(Debug)]
pub(crate) struct Program {
    client: Client,
    command: Vec<String>,
    variables: Vec<(String, String)>,
}

/// What became of a check.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// All was as it should be.
    Passed,
    /// What was not.
    Failed(String),
    /// The program did not get to say anything of it, which is a failure that shows nothing of the server.
    Silent(String),
}

/// What a program says of a check: one line of JSON.
#[derive(Debug, Deserialize)]
struct Line {
    check: Check,
    error: Option<String>,
}

impl Program {
    /// A program of the command line and the environment variables that are installed for a client.
    pub(crate) fn new(client: Client, (command, variables): (Vec<String>, Vec<(String, String)>)) -> Self {
        Self { client, command, variables }
    }

    pub(crate) fn client(&self) -> Client {
        self.client
    }

    /// Has the client try all that it has.
    pub(crate) async fn run_all(&self, address: &str) -> BTreeMap<Check, Outcome> {
        let checks: Vec<Check> = self.client.checks().collect();
        self.run(address, &format!("shelves/{}", self.client), &checks).await
    }

    /// Has the client try these checks at a server, with shelves whose names begin with `prefix`. There is an outcome for each of them.
    pub(crate) async fn run(
        &self,
        address: &str,
        prefix: &str,
        checks: &[Check],
    ) -> BTreeMap<Check, Outcome> {
        let mut command = Command::new(&self.command[0]);
        command
            .args(&self.command[1..])
            .args([address, prefix])
            .args(checks.iter().map(|check| check.name()));
        command.envs(self.variables.iter().cloned()).stdin(Stdio::null()).kill_on_drop(true);
        let mut outcomes = BTreeMap::new();
        let silence = match timeout(LIMIT, command.output()).await {
            Err(_) => format!("it has not ended within {} s", LIMIT.as_secs()),
            Ok(Err(error)) => format!("{} cannot be run: {error}", self.command[0]),
            Ok(Ok(output)) => {
                for line in String::from_utf8_lossy(&output.stdout).lines() {
                    if let Ok(Line { check, error }) = serde_json::from_str(line) {
                        outcomes.insert(check, error.map_or(Outcome::Passed, Outcome::Failed));
                    }
                }
                format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
            }
        };
        for &check in checks {
            outcomes.entry(check).or_insert_with(|| Outcome::Silent(silence.clone()));
        }
        outcomes
    }
}
