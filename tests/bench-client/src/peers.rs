//! The policies by which other clients wait, as their code has them. None of them calls `WaitOperation`.

use std::time::Duration;

use test_tools::Dice;
use tokio::time::sleep;
use tonic::Status;

use crate::server::Server;

/// The first pause of both.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause of both.
const LONGEST: Duration = Duration::from_secs(60);

/// google-cloud-lro for Rust (1.9), `Poller::until_done`: it sleeps before each look, and there is no jitter.
pub(crate) async fn google_cloud_lro(server: Server, name: String) -> Result<(), Status> {
    let mut pause = FIRST;
    loop {
        sleep(pause).await;
        if server.get(&name).await?.done {
            return Ok(());
        }
        pause = (pause * 2).min(LONGEST);
    }
}

/// gax-go (2.x) under longrunning for Go, `Operation.Wait`: it looks at once, and then after a part of each pause that chance decides.
pub(crate) async fn gax_go(server: Server, name: String, dice: Dice) -> Result<(), Status> {
    let mut pause = FIRST;
    loop {
        if server.get(&name).await?.done {
            return Ok(());
        }
        sleep(pause.mul_f64(fraction(&dice))).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// A number from 0 to below 1.
#[expect(clippy::cast_precision_loss, reason = "both are below 2^53")]
pub(crate) fn fraction(dice: &Dice) -> f64 {
    const PARTS: u64 = 1 << 53;
    dice.below(PARTS) as f64 / PARTS as f64
}
