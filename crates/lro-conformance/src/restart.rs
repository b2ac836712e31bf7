//! How the server is restarted in the middle of a run.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;

type Call = dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// How the server is restarted in the middle of a run. It has to listen at the same address afterwards.
#[derive(Clone)]
pub struct Restart(Kind);

#[derive(Clone)]
enum Kind {
    Command(String),
    Call(Arc<Call>),
}

impl Restart {
    /// By a command for the shell (`sh -c`), which returns once the old process is gone and the new one is on its way.
    pub fn command(command: impl Into<String>) -> Self {
        Self(Kind::Command(command.into()))
    }

    /// By a function of a test. Its error is a text for people.
    pub fn call<F, R>(restart: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Kind::Call(Arc::new(move || Box::pin(restart()))))
    }

    /// Not cancel-safe: the server may be gone in the middle of it.
    pub(crate) async fn run(&self) -> Result<(), String> {
        let command = match &self.0 {
            Kind::Call(call) => return call().await,
            Kind::Command(command) => command,
        };
        // A server that the shell leaves behind would hold a pipe open for as long as it runs.
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::null());
        let status = shell.status().await.map_err(|error| format!("`{command}` cannot run: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("`{command}` ended with {status}")) }
    }
}

impl fmt::Debug for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Command(command) => f.debug_tuple("Command").field(command).finish(),
            Kind::Call(_) => f.write_str("Call(..)"),
        }
    }
}
