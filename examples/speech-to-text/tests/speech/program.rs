//! The program itself, as a user runs it.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::recognizer::{LONG, SHORT, TEXT};
use crate::server::{PATIENCE, Server};

const TOKEN: &str = "secret";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_speech-to-text"));
    command.args(arguments).env("GOOGLE_OAUTH_ACCESS_TOKEN", TOKEN).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program against this server, whose authority is in a file in this folder.
fn against(server: &Server, folder: &Path, arguments: &[&str]) -> Command {
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, &server.ca).unwrap();
    let mut command = program(&["--endpoint", &server.endpoint]);
    command.arg("--ca").arg(ca).args(arguments);
    command
}

#[tokio::test]
async fn it_prints_the_text_and_how_to_go_on() {
    let (server, folder) = (Server::start(TOKEN).await, tempfile::tempdir().unwrap());
    let output = against(&server, folder.path(), &["--project", "p", SHORT]).output().await.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{TEXT}\n"));

    let name = told.lines().next().unwrap().rsplit(' ').next().unwrap();
    let output = against(&server, folder.path(), &["--resume", name]).output().await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{TEXT}\n"));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_cancels() {
    let (server, folder) = (Server::start(TOKEN).await, tempfile::tempdir().unwrap());
    let mut child = against(&server, folder.path(), &["--project", "p", LONG]).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    // It listens to signals before it shows progress.
    while told.next_line().await.unwrap().unwrap() != "40 %" {}
    let id = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();

    let mut last = String::new();
    while let Some(line) = timeout(PATIENCE, told.next_line()).await.unwrap().unwrap() {
        last = line;
    }
    assert!(last.contains("was cancelled"), "{last}");
    assert_eq!(child.wait().await.unwrap().code(), Some(1));
}

#[tokio::test]
async fn bad_input_is_told_in_words() {
    let wrong: [(&[&str], &str); 8] = [
        (&[], "required"),
        (&["gs://a/b"], "--project"),
        (&["gs://a/b", "--resume", "x"], "cannot be used with"),
        (&["gs://a/b", "--project", "p", "--ca", "/nowhere"], "--ca: "),
        (&["gs://a/b", "--project", "p", "--endpoint", "localhost"], "https://"),
        (&["gs://a/b", "--project", "p", "--endpoint", "https://"], "speech-to-text: "),
        (&["gs://a/b", "--project", "p", "--quota-project", "a\nb"], "speech-to-text: "),
        (&["gs://a/b", "--project", "p", "--endpoint", "https://localhost:1"], "refused"),
    ];
    for (arguments, expected) in wrong {
        let output = program(arguments).output().await.unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {told}");
        assert!(told.contains(expected) && !told.contains("panicked"), "{arguments:?}: {told}");
    }
}
