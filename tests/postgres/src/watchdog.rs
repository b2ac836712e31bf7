//! Cleaning up when this process has ended, in whatever way.
//!
//! A destructor does not run when the process is killed, nor for a `static` when the test harness exits. So a shell waits
//! for the end of a pipe whose other end only this process has: the system closes it, whatever happens.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use crate::Error;

/// Each line of the input is the process to stop, or empty. What is stopped with SIGQUIT ends at once: PostgreSQL calls it
/// the immediate shutdown. A server that is paused has to wake up for it, and so have its children.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
server=
while read -r line; do server=$line; done
alive() { kill -0 "$server" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$server/status"; }
if [ -n "$server" ]; then
    children=$(sed -n "s/^\([0-9]*\) (.*) [A-Z] $server .*/\1/p" /proc/[0-9]*/stat 2>/dev/null)
    kill -QUIT "$server"
    kill -CONT "$server" $children
    tries=100
    while alive && [ $tries -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
    kill -KILL "$server" $children
fi
"#;

/// Removes the folder `$1`, into which processes may still write with their last breath.
pub(crate) const REMOVE: &str = r#"
tries=50
until rm -rf -- "$1" || [ $tries -eq 0 ]; do sleep 0.1; tries=$((tries - 1)); done
"#;

/// Stops a process and runs a script when it is dropped or this process has ended.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Mutex<Child>,
}

impl Watchdog {
    /// Starts the shell. The script has the arguments as `$1` and so on.
    pub(crate) fn new(script: &str, arguments: &[&OsStr]) -> Result<Self, Error> {
        Command::new("sh")
            .arg("-c")
            .arg(format!("{SCRIPT}{script}"))
            .arg("watchdog")
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What a terminal or a runner of tests sends to the group of this process is not for the watchdog.
            .process_group(0)
            .spawn()
            .map(|shell| Self { shell: Mutex::new(shell) })
            .map_err(|error| Error::io("the watchdog does not start", &error))
    }

    /// Names the process to stop, in place of the one before.
    pub(crate) fn guard(&self, process: u32) {
        self.write(&format!("{process}\n"));
    }

    /// Names none: the process has ended, and its number may be given to another.
    pub(crate) fn release(&self) {
        self.write("\n");
    }

    /// In one write, so that a line is never half there.
    fn write(&self, line: &str) {
        let mut shell = self.shell.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let written = shell.stdin.as_mut().map_or(Ok(()), |pipe| pipe.write_all(line.as_bytes()));
        // Someone has killed the shell: the tests go on, and clean up as long as they are alive.
        drop::<io::Result<()>>(written);
    }
}

impl Drop for Watchdog {
    /// Waits for the shell, after which nothing is left.
    fn drop(&mut self) {
        let shell = self.shell.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        // `wait` closes the pipe.
        drop(shell.wait());
    }
}
