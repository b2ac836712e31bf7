//! Clients of all kinds: most imports succeed, some fail, are tried again or are cancelled.

use std::time::Duration;

use library::client::connect;
use library::pb::ImportBooksRequest;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Books of one import after the other; those of a shop that is closed at first, and one that is not to be had.
const IMPORTS: [&[&str]; 5] = [
    &["books://moby-dick"],
    &["books://emma", "books://persuasion"],
    &["books://late"],
    &["books://lost"],
    &["books://ulysses", "books://dubliners", "books://exiles"],
];

/// Begins so many imports in a second until it is dropped.
pub(crate) async fn run(address: String, rate: u32) {
    let client = match connect(&address).await {
        Ok(client) => client,
        Err(error) => return eprintln!("cannot connect to {address}: {error}"),
    };
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0_usize.. {
        ticks.tick().await;
        let client = client.clone();
        tokio::spawn(async move {
            let uris = IMPORTS[number % IMPORTS.len()].iter().map(|uri| (*uri).to_owned()).collect();
            // A shelf takes one import at a time, so each has its own.
            let request = ImportBooksRequest { parent: format!("shelves/{number}"), uris };
            let Ok(operation) = client.import_books(request).await else { return };
            if number % 11 == 0 {
                sleep(Duration::from_millis(200)).await;
                // It may have ended.
                let _ = operation.cancel().await;
            }
            // How it ends is what the dashboard shows.
            let _ = operation.wait().await;
        });
    }
}
