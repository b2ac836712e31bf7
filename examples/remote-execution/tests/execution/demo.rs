//! The demo, as `cargo run -p remote-execution -- demo` runs it: it fails if anything goes otherwise than it says.

use crate::support::program;

#[tokio::test]
async fn the_demo_shows_what_it_says() {
    remote_execution::demo::run(program()).await.unwrap();
}
