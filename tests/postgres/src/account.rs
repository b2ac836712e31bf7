//! Who the servers run as: PostgreSQL and pgbouncer refuse to be root.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::Error;

/// Users that servers may run as, the best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// The user of the servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    /// The user and group to change to; nothing if this process is not root.
    other: Option<(u32, u32)>,
}

impl Account {
    /// The user of this process, or one of less power if that is root.
    pub(crate) fn find() -> Result<Self, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { other: None });
        }
        let other = CANDIDATES.iter().find_map(|user| Some((id("-u", user)?, id("-g", user)?)));
        match other {
            Some(other) => Ok(Self { other: Some(other) }),
            None => Err(Error::missing(format!(
                "PostgreSQL does not run as root, and this machine has no user {}",
                CANDIDATES.join(" or ")
            ))),
        }
    }

    /// Makes a command run as this user, with none of root's groups.
    pub(crate) fn run(self, command: &mut Command) {
        if let Some((user, group)) = self.other {
            command.uid(user).gid(group);
        }
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(self, path: &Path) -> io::Result<()> {
        match self.other {
            Some((user, group)) => chown(path, Some(user), Some(group)),
            None => Ok(()),
        }
    }
}

/// By `id`, which knows all sources of users that the machine has.
fn id(option: &str, user: &str) -> Option<u32> {
    let output = Command::new("id").arg(option).arg(user).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
