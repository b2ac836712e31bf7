//! A server's process and those that it has started.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Error;
use crate::account::Account;

/// Between two looks at something that gives no sign.
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// How long killed processes may take to be gone.
const GONE: Duration = Duration::from_secs(10);

/// A program that runs, with its output in a file.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command as that user, out of reach of what a terminal sends.
    pub(crate) fn spawn(command: &mut Command, account: Account, log: &Path) -> Result<Self, Error> {
        let name = command.get_program().to_string_lossy().into_owned();
        let open = || {
            let file = File::options().create(true).append(true).open(log)?;
            account.own(log)?;
            Ok((file.try_clone()?, file))
        };
        let (output, errors) = open().map_err(|error| Error::io(log.display(), &error))?;
        account.run(command);
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
        match command.spawn() {
            Ok(child) => Ok(Self { child, log: log.to_owned() }),
            Err(error) => Err(Error::io(format_args!("{name} does not start"), &error)),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended, and how.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it has ended; gives up after that time.
    pub(crate) fn wait(&mut self, at_most: Duration) -> Result<ExitStatus, Error> {
        let deadline = Instant::now() + at_most;
        loop {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            if Instant::now() >= deadline {
                let text = format!("the server still runs after {} s", at_most.as_secs());
                return Err(Error::failed(text).with_log(&self.log));
            }
            thread::sleep(LOOK);
        }
    }

    /// Sends a signal to the process alone. One that has ended gets nothing.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.id(), signal);
    }

    /// Stops it and its children in the middle of what they do. The parent first, so that no child is born unseen.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
        for process in descendants(self.id()) {
            send(process, Signal::STOP);
        }
    }

    /// Lets all of them go on.
    pub(crate) fn resume(&self) {
        for process in descendants(self.id()) {
            send(process, Signal::CONT);
        }
        self.signal(Signal::CONT);
    }

    /// Kills it and its children, and waits until none is left.
    pub(crate) fn kill(&mut self) {
        // Paused, as they are not to notice each other's death.
        self.pause();
        let children = descendants(self.id());
        for process in &children {
            send(*process, Signal::KILL);
        }
        drop(self.child.kill());
        drop(self.child.wait());
        // Bounded, as a number may be given to another process at once.
        let deadline = Instant::now() + GONE;
        while children.iter().any(|process| parent(*process).is_some()) && Instant::now() < deadline {
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.kill();
        }
    }
}

fn send(process: u32, signal: Signal) {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    // It may have ended in the meantime, which is no failure.
    let _ = pid.map(|pid| kill_process(pid, signal));
}

/// The children of a process and theirs. PostgreSQL's are no group, as each makes a session of its own.
fn descendants(process: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> =
        processes().into_iter().filter_map(|process| Some((process, parent(process)?))).collect();
    let mut found = vec![process];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        next += 1;
    }
    found.split_off(1)
}

fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The parent of a process that is alive, and does not only wait to be looked at.
fn parent(process: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may contain anything.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let alive = fields.next()? != "Z";
    fields.next()?.parse().ok().filter(|_| alive)
}
