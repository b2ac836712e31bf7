//! Servers that end while commands run.

use remote_execution::job::Job;

use crate::support::{Site, nobody_waits, pause, result, waiting, within};

#[tokio::test]
async fn commands_end_with_their_server_and_run_again_on_the_next() {
    for arguments in [[].as_slice(), &["--no-namespaces"]] {
        let site = Site::with(arguments).await;
        let gate = site.gate("gate");
        let execution = site.begin(&Job::script(&format!("{}; echo end", gate.wait()))).await;
        within(async {
            while waiting(&gate) == 0 {
                pause().await;
            }
        })
        .await;
        let site = site.replace_server(arguments, nobody_waits(&gate)).await;
        gate.open().unwrap();
        let response = within(execution.wait()).await.unwrap();
        assert_eq!(site.stdout(result(&response)).await, "end\n");
        let calls = site.client.calls();
        assert_eq!(calls.iter().filter(|method| *method == "Execute").count(), 1, "{calls:?}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_commands_with_their_server() {
    let site = Site::new().await;
    let gate = site.gate("gate");
    let job = Job::script(&gate.wait());
    drop(site.begin(&job).await);
    assert!(site.hurry_to_end(&job).await);
    nobody_waits(&gate).await;
}
