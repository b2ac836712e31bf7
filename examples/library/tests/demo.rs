//! The demo, as `cargo run -p library -- demo` runs it: it fails if anything goes otherwise than it says.

use std::path::Path;

#[tokio::test]
async fn the_demo_shows_what_it_says() {
    library::demo::run(Path::new(env!("CARGO_BIN_EXE_library"))).await.unwrap();
}
