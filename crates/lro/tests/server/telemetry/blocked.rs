//! Handlers that keep their thread are named in the log.

use tracing::Level;

use super::lines::Lines;
use crate::support::Server;

#[tokio::test(start_paused = true)]
async fn a_handler_that_blocks_its_thread_is_warned_of_once() {
    let lines = Lines::collect();
    let server = Server::new();
    let name = server.start("block 501, sleep 1, block 501").await;
    server.end(&name).await;
    let line = lines.only("the handler has blocked its thread");
    assert_eq!(line.level, Level::WARN);
    let blocked: f64 = line.field("blocked").trim_end_matches("ms").trim_end_matches('s').parse().unwrap();
    assert!(blocked > 0.5, "{line:?}");
}
