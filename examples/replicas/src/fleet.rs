//! The processes, and what they say.

use std::error::Error;
use std::path::PathBuf;
use std::process::Stdio;

use library::client;
use library::pb::library_service_lro::LibraryServiceLroClient;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Where all processes come from, and where they all go.
pub(crate) struct Fleet {
    pub(crate) program: PathBuf,
    pub(crate) url: String,
}

/// One process. It is killed when this is dropped.
pub(crate) struct Process {
    pub(crate) name: &'static str,
    child: Child,
}

/// A replica that answers, and a client of it.
pub(crate) struct Api {
    pub(crate) process: Process,
    pub(crate) client: LibraryServiceLroClient,
}

impl Fleet {
    /// Starts a replica that answers.
    pub(crate) async fn api(&self, name: &'static str) -> Result<Api, Box<dyn Error>> {
        let (process, first) = self.start(name, "api").await?;
        let address = first.strip_prefix("listening on ").ok_or(first.clone())?;
        let client = client::connect(address).await?;
        println!("{name} answers at {address}");
        Ok(Api { process, client })
    }

    /// Starts a replica that works.
    pub(crate) async fn worker(&self, name: &'static str) -> Result<Process, Box<dyn Error>> {
        let (process, first) = self.start(name, "worker").await?;
        println!("{name} {first}");
        Ok(process)
    }

    /// Starts a process, and tells the first line that it says. The others are shown as they come.
    async fn start(&self, name: &'static str, role: &str) -> Result<(Process, String), Box<dyn Error>> {
        let mut command = Command::new(&self.program);
        command.arg(role).arg(&self.url).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("a process without output")?;
        let mut lines = BufReader::new(output).lines();
        let first = lines.next_line().await?.ok_or_else(|| format!("{name} has ended at once"))?;
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                println!("  {name} {line}");
            }
        });
        Ok((Process { name, child }, first))
    }
}

impl Process {
    /// Kills it at once, as `kill -9` and power cuts do.
    pub(crate) async fn kill(mut self) -> Result<(), Box<dyn Error>> {
        println!("kill -9 {}", self.name);
        Ok(self.child.kill().await?)
    }

    /// Asks it to end, as a process manager does, and waits until it has.
    pub(crate) async fn terminate(mut self) -> Result<(), Box<dyn Error>> {
        println!("kill {}", self.name);
        let id = self.child.id().ok_or("the process has ended by itself")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        let ended = self.child.wait().await?;
        if ended.success() { Ok(()) } else { Err(format!("{} has ended with {ended}", self.name).into()) }
    }
}
