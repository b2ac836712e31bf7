//! Actions that cannot run.

use remote_execution::digest;
use remote_execution::job::{Job, Uploads};
use remote_execution::problem;
use tonic::{Code, Status};

use crate::support::{Site, code};

/// What becomes of an action of which only some blobs are uploaded.
async fn without(site: &Site, job: &Job, lacks: impl Fn(&[u8]) -> bool) -> (Status, Uploads) {
    let (action, mut uploads) = job.encode();
    let mut lost = uploads.clone();
    uploads.retain(|_, (_, bytes)| !lacks(bytes));
    lost.retain(|_, (_, bytes)| lacks(bytes));
    site.client.store(&uploads).await.unwrap();
    (site.client.execute(&action).await.unwrap_err(), lost)
}

#[tokio::test]
async fn all_blobs_that_are_missing_are_named() {
    let site = Site::new().await;
    let job = Job::script("cat a b c").input("a", "lost one").input("deep/b", "lost two").input("c", "here");
    let (refused, lost) = without(&site, &job, |bytes| bytes.starts_with(b"lost")).await;
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let mut missing = problem::missing_blobs(&refused);
    missing.sort();
    let expected: Vec<_> = lost.keys().map(|text| format!("blobs/{text}")).collect();
    assert_eq!((missing.len(), missing), (2, expected));

    // Uploaded, they are missing no more.
    assert_eq!(code(&site.run(&job).await), None);
}

#[tokio::test]
async fn an_action_that_is_missing_is_named() {
    let site = Site::new().await;
    let (refused, lost) = without(&site, &Job::script("true"), |_| true).await;
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let action = format!("blobs/{}", digest::text(&Job::script("true").encode().0));
    assert_eq!(problem::missing_blobs(&refused), [action]);
    assert!(lost.len() > 1, "the others are not known without it");
}

#[tokio::test]
async fn a_command_that_does_not_exist_did_not_run() {
    let site = Site::new().await;
    for program in ["/bin/no-such-program", "no-such-program", "./no-such-program"] {
        let job = Job { arguments: vec![program.to_owned()], ..Job::default() };
        let response = site.run(&job).await;
        assert_eq!(code(&response), Some(Code::FailedPrecondition), "{program}");
        let message = response.status.unwrap().message;
        assert!(message.contains(program) && message.contains("No such file"), "{message}");
    }
}

#[tokio::test]
async fn what_leads_out_of_the_sandbox_is_refused() {
    let site = Site::new().await;
    let job = || Job::script("true");
    let bad = [
        job().output("../out"),
        job().output("/etc/out"),
        job().output(""),
        job().input("../in", ""),
        job().input("a//b", ""),
        Job::default(),
    ];
    for job in bad {
        let action = site.client.upload(&job).await.unwrap();
        let refused = site.client.execute(&action).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{job:?}: {refused}");
    }
}

#[tokio::test]
async fn an_output_that_is_no_file_is_an_error_of_the_command() {
    let site = Site::new().await;
    for script in ["mkdir out", "ln -s /etc/passwd out"] {
        let response = site.run(&Job::script(script).output("out")).await;
        assert_eq!(code(&response), Some(Code::InvalidArgument), "{script}");
    }
}

#[tokio::test]
async fn a_digest_that_cannot_be_is_refused() {
    let site = Site::new().await;
    let path = remote_execution::pb::Digest { hash: "../../etc/passwd".to_owned(), size_bytes: 1 };
    for refused in [
        site.client.execute(&path).await.map(drop).unwrap_err(),
        site.client.read(Some(&path)).await.map(drop).unwrap_err(),
        site.client.remembered(&path).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
}
