//! What the system has for keeping commands apart.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

/// How commands are started, beyond what each has: its folder, its environment, its limits and its process group.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// This program, which becomes the launcher.
    program: PathBuf,
    /// Where `unshare` is, if it is there and the system lets it do what it is for.
    unshare: Option<PathBuf>,
}

/// A network without a way out, and processes that see and outlive nothing.
const NAMESPACES: [&str; 6] = ["--user", "--map-current-user", "--net", "--pid", "--fork", "--kill-child"];

impl Isolation {
    /// Nothing more, with this program as the launcher.
    pub fn none(program: PathBuf) -> Self {
        Self { program, unshare: None }
    }

    /// Namespaces of their own for the network and for processes, where `unshare` of util-linux is there and may make them;
    /// else nothing more. In containers it often may not.
    pub async fn find(program: PathBuf) -> Self {
        let mut none = Self::none(program);
        for folder in ["/usr/bin", "/bin"] {
            let unshare = PathBuf::from(folder).join("unshare");
            let mut tried = Command::new(&unshare);
            tried
                .args(NAMESPACES)
                .arg("true")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if tried.status().await.is_ok_and(|status| status.success()) {
                none.unshare = Some(unshare);
                break;
            }
        }
        none
    }

    /// Whether commands have namespaces of their own.
    pub fn has_namespaces(&self) -> bool {
        self.unshare.is_some()
    }

    /// What starts the launcher; its arguments follow.
    pub(super) fn command(&self) -> io::Result<Command> {
        let Some(unshare) = &self.unshare else { return Ok(Command::new(&self.program)) };
        let mut command = Command::new(unshare);
        command.args(NAMESPACES).arg("--").arg(std::path::absolute(&self.program)?);
        Ok(command)
    }
}
