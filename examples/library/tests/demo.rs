//! The demo, as `cargo run -p library -- demo` runs it: it fails if anything goes otherwise than it says.

#[tokio::test]
async fn the_demo_shows_what_it_says() {
    library::demo::run().await.unwrap();
}
