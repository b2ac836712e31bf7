//! The process between the server and a command.
//!
//! It sets limits, which the command inherits, starts the command and reports how it ended. The server holds a pipe to it:
//! when the server dies, the pipe ends, and the launcher kills its process group and itself. So no command outlives its
//! server, and none of this needs code that runs between `fork` and `exec`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, kill_current_process_group, setrlimit};

use super::End;
use super::files::Folder;

/// The largest file that a command may write, in bytes.
const LARGEST_FILE: u64 = 64 << 20;
/// How much memory one process of a command may have, in bytes.
const LARGEST_MEMORY: u64 = 8 << 30;
/// How many files one process of a command may have open.
const MOST_FILES: u64 = 1024;

/// The arguments with which this program becomes a launcher.
pub(super) fn arguments(folder: &Folder, limit: Duration) -> [OsString; 4] {
    // Time on the processor is at most a few times what the clock shows; this is for what escapes the clock.
    let seconds = limit.as_secs().saturating_add(1).saturating_mul(8);
    let (output, errors) = (folder.output(), folder.errors());
    ["launch".into(), seconds.to_string().into(), output.into_os_string(), errors.into_os_string()]
}

/// Runs a command; `arguments` are those after `launch`: seconds of processor time, the files for its output and its error
/// output, and the command itself. Does not return if it leads its process group, which it kills in the end.
pub fn run(seconds: u64, output: &PathBuf, errors: &PathBuf, command: &[OsString]) -> ExitCode {
    // The report goes to the standard output, so this process and not the command has it.
    let report = match start(seconds, output, errors, command) {
        Ok(code) => format!("exited {code}\n"),
        Err(error) => format!("not started {error}\n"),
    };
    let mut pipe = io::stdout();
    let told = pipe.write_all(report.as_bytes()).and_then(|()| pipe.flush());
    // What the command has left running in its group ends with it. As the first process of a namespace this one
    // survives that, and what is in the namespace ends with it.
    let killed = kill_current_process_group(Signal::KILL);
    if told.is_ok() && killed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a report says.
pub(super) fn read_report(report: &str) -> End {
    let code = report.strip_prefix("exited ").and_then(|code| code.trim_end().parse().ok());
    let why = report.strip_prefix("not started ").map(|why| why.trim_end().to_owned());
    match (code, why) {
        (Some(code), _) => End::Exited(code),
        (None, Some(why)) => End::NotStarted(why),
        (None, None) => End::Exited(128 + Signal::KILL.as_raw()),
    }
}

fn start(seconds: u64, output: &PathBuf, errors: &PathBuf, command: &[OsString]) -> io::Result<i32> {
    let limits = [
        (Resource::Core, 0),
        (Resource::Cpu, seconds),
        (Resource::Fsize, LARGEST_FILE),
        (Resource::As, LARGEST_MEMORY),
        (Resource::Nofile, MOST_FILES),
    ];
    for (resource, most) in limits {
        limit(resource, most)?;
    }
    thread::Builder::new().spawn(|| {
        // Ends when the server closes the pipe, or dies.
        let _ = io::stdin().read(&mut [0]);
        let _ = kill_current_process_group(Signal::KILL);
        std::process::exit(1);
    })?;
    let program = command.first().map_or(OsStr::new(""), OsString::as_os_str);
    let mut prepared = Command::new(program);
    prepared.args(command.iter().skip(1)).stdin(Stdio::null());
    prepared.stdout(File::create(output)?).stderr(File::create(errors)?);
    let status = spawn(&mut prepared)?.wait()?;
    Ok(status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1))
}

/// Lowers a limit; one that is lower already stays.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let most = now.maximum.map_or(most, |maximum| maximum.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Starts a command. While the server prepares several actions, one of its children may for a moment have a file open for
/// writing that another one is to run; that passes.
fn spawn(command: &mut Command) -> io::Result<std::process::Child> {
    const TRIES: u32 = 200;
    for _ in 0..TRIES {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(5));
            }
            started => return started,
        }
    }
    command.spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_how_the_command_ended() {
        assert_eq!(read_report("exited 3\n"), End::Exited(3));
        assert_eq!(read_report("not started No such file\n"), End::NotStarted("No such file".to_owned()));
        assert_eq!(read_report(""), End::Exited(137), "somebody has killed the launcher too");
    }
}
