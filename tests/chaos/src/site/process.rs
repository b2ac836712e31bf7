//! One process of a run, as the one that runs them all holds it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};
use tonic::transport::{Channel, Endpoint};

use crate::child::Config;

/// How long a process may take to begin, while its store may be away.
const BEGIN: Duration = Duration::from_secs(90);

/// One process.
#[derive(Debug)]
pub(crate) struct Process {
    number: u32,
    /// Where it is reached, if it serves.
    address: Option<SocketAddr>,
    channel: Option<Channel>,
    /// A process is waited for only under this lock, so a signal never reaches another one that got its id.
    child: Mutex<Child>,
}

impl Process {
    /// Starts it, and waits until it is ready.
    pub(crate) async fn begin(program: &Path, config: &Config) -> io::Result<Self> {
        let errors = config.folder.join(format!("process-{:04}.err", config.process));
        let mut child = Command::new(program)
            .arg("child")
            .arg(serde_json::to_string(config).map_err(io::Error::other)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(errors)?)
            .kill_on_drop(true)
            .spawn()?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("the process has no output"))?;
        let line = timeout(BEGIN, BufReader::new(out).lines().next_line()).await;
        let line = line.map_err(|_| io::Error::other("the process does not begin"))??;
        let line = line.ok_or_else(|| io::Error::other("the process ended before it was ready"))?;
        let port: u16 = line.parse().map_err(io::Error::other)?;
        let address = config.serves.then_some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let channel = address.map(channel).transpose()?;
        Ok(Self { number: config.process, address, channel, child: Mutex::new(child) })
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    pub(crate) fn channel(&self) -> Option<Channel> {
        self.channel.clone()
    }

    /// Its id, unless it has ended.
    pub(crate) async fn pid(&self) -> Option<Pid> {
        self.child.lock().await.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
    }

    /// Sends a signal, unless it has ended.
    pub(crate) async fn signal(&self, signal: Signal) {
        let child = self.child.lock().await;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // It may have ended in the meantime, which is no failure.
        let _ = pid.map(|pid| kill_process(pid, signal));
    }

    /// Kills it, and waits until it is gone.
    pub(crate) async fn kill(&self) {
        // It may have ended already.
        drop(self.child.lock().await.kill().await);
    }

    /// How it has ended, if it has.
    pub(crate) async fn ended(&self) -> Option<ExitStatus> {
        self.child.lock().await.try_wait().ok().flatten()
    }

    /// How it ends within that time, if it does.
    pub(crate) async fn wait(&self, time: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + time;
        loop {
            let ended = self.ended().await;
            if ended.is_some() || Instant::now() > until {
                return ended;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What reaches a server. It connects when it is first used.
pub(crate) fn channel(address: SocketAddr) -> io::Result<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(io::Error::other)?;
    Ok(endpoint.tcp_nodelay(true).connect_timeout(Duration::from_secs(2)).connect_lazy())
}
