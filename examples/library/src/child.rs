//! The server as a process of its own, for the demo and for tests.

use std::error::Error;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A server process. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts `program server` with these arguments and returns when it listens; on a free port, unless the arguments say
    /// where.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn start(program: &Path, arguments: &[&str]) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(program);
        command.arg("server").args(arguments).stdout(Stdio::piped());
        if !arguments.iter().any(|argument| argument.starts_with("--listen=")) {
            command.arg("--listen=127.0.0.1:0");
        }
        let mut process = command.kill_on_drop(true).spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(output).lines().next_line().await?.ok_or("the server has ended at once")?;
        let address = line.strip_prefix("listening on ").ok_or("the server does not say where it listens")?;
        Ok(Self { process, address: address.to_owned() })
    }

    /// Where it listens, such as `http://127.0.0.1:50051`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Kills it at once, as `kill -9` and power cuts do.
    ///
    /// # Errors
    ///
    /// The system does not let us.
    pub async fn kill(mut self) -> std::io::Result<()> {
        self.process.kill().await
    }

    /// Asks it to end, as a process manager does.
    ///
    /// # Errors
    ///
    /// There is no `kill` here.
    pub async fn terminate(&self) -> Result<(), Box<dyn Error>> {
        let id = self.process.id().ok_or("the server has ended")?;
        let told = Command::new("kill").arg(id.to_string()).status().await?;
        if told.success() { Ok(()) } else { Err("the server could not be told to end".into()) }
    }

    /// Waits for it to end; whether it ended well.
    ///
    /// # Errors
    ///
    /// The system does not tell.
    pub async fn ended_well(mut self) -> std::io::Result<bool> {
        self.process.wait().await.map(|status| status.success())
    }
}
