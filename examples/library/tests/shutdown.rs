//! The server as a process that the system asks to end.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use library::client;
use library::pb::library_service_lro::LibraryServiceLroClient;
use tonic::Code;

struct Server {
    process: Child,
    client: LibraryServiceLroClient,
}

impl Server {
    async fn start(fetch_time: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_library"))
            .args(["server", "--listen", "127.0.0.1:0", "--fetch-time", fetch_time])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        let client = client::connect(address).await.unwrap();
        Self { process, client }
    }

    fn terminate(&self) {
        let sent = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    async fn import(&self) -> client::Import {
        client::import(&self.client, "shelves/1", &["books://emma".to_owned()]).await.unwrap()
    }

    /// The code with which the server refuses another import, if it does.
    async fn refusal(&self) -> Option<Code> {
        client::import(&self.client, "shelves/2", &["books://emma".to_owned()])
            .await
            .err()
            .map(|status| status.code())
    }

    /// Waits for the process to end, and tells whether it ended well.
    async fn ended_well(mut self) -> bool {
        // Open connections would keep it waiting.
        drop(self.client);
        let wait = tokio::task::spawn_blocking(move || self.process.wait().unwrap().success());
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it does not end").unwrap()
    }
}

#[tokio::test]
async fn a_signal_lets_work_end_before_the_process_does() {
    let server = Server::start("500").await;
    let operation = server.import().await;
    server.terminate();
    assert_eq!(operation.wait().await.unwrap().books.len(), 1);
    drop(operation);
    assert!(server.ended_well().await);
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_work() {
    let server = Server::start("3600000").await;
    let operation = server.import().await;
    server.terminate();
    // While it drains it still answers, and starts nothing.
    while server.refusal().await != Some(Code::Unavailable) {
        tokio::task::yield_now().await;
    }
    server.terminate();
    drop(operation);
    assert!(server.ended_well().await);
}
