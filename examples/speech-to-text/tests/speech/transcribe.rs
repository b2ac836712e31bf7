//! Transcriptions: followed, resumed, cancelled and failed.

use std::future::pending;

use speech_to_text::transcribe::{follow, resume, texts};
use speech_to_text::{explain, pb};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tonic::Code;

use crate::recognizer::{LONG, MISSING, OVER_QUOTA, SHORT, TEXT};
use crate::server::{PATIENCE, Server, fixed, transcribe};

const TOKEN: &str = "secret";

#[tokio::test]
async fn a_transcription_is_followed_to_its_text() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;
    let transcription = transcribe(&client, LONG).await.unwrap();

    let mut seen = Vec::new();
    let show = |metadata: pb::OperationMetadata| {
        seen.push(metadata.progress_percent);
        server.gate.add_permits(1);
    };
    let response = follow(&transcription, pending(), show).await.unwrap();

    let found: Vec<_> = texts(response).map(|(uri, text)| (uri, text.unwrap())).collect();
    assert_eq!(found, [(LONG.to_owned(), TEXT.to_owned())]);
    assert_eq!(seen, [40]);
}

#[tokio::test]
async fn another_client_goes_on_by_the_name() {
    let server = Server::start(TOKEN).await;
    let name = transcribe(&server.connect(fixed(TOKEN)).await, LONG).await.unwrap().to_string();
    assert!(name.starts_with("projects/p/locations/global/operations/"), "{name}");

    let transcription = resume(&server.connect(fixed(TOKEN)).await, &name);
    server.gate.add_permits(1);
    let response = follow(&transcription, pending(), drop).await.unwrap();
    assert_eq!(texts(response).next().unwrap().1.unwrap(), TEXT);
}

#[tokio::test]
async fn who_stops_cancels_and_hears_what_became_of_it() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;
    let transcription = transcribe(&client, LONG).await.unwrap();

    let (stop, stopped) = oneshot::channel();
    let mut stop = Some(stop);
    let show = |_| {
        let _ = stop.take().map(|stop| stop.send(()));
    };
    let stopped = async { stopped.await.unwrap() };
    let following = follow(&transcription, stopped, show);
    let error = timeout(PATIENCE, following).await.unwrap().unwrap_err();

    assert!(error.is_cancelled(), "{error}");
    assert!(server.calls().iter().any(|call| call.rpc == "CancelOperation"));
}

#[tokio::test]
async fn all_calls_say_where_they_go_and_who_pays() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;
    let transcription = transcribe(&client, LONG).await.unwrap();
    transcription.cancel_and_wait().await.unwrap();
    transcription.delete().await.unwrap();

    let calls = server.calls();
    let (start, later) = calls.split_first().unwrap();
    assert_eq!(start.rpc, "BatchRecognize");
    assert_eq!(start.routing, "recognizer=projects%2Fp%2Flocations%2Fglobal%2Frecognizers%2F_");
    let name = format!("name={}", transcription.name().replace('/', "%2F"));
    assert!(later.len() >= 2, "{later:?}");
    for call in later {
        assert_eq!(call.routing, name, "{call:?}");
    }
    for call in calls {
        assert_eq!((call.project.as_str(), call.token.as_str()), ("payer", "Bearer secret"), "{call:?}");
    }
}

#[tokio::test]
async fn a_failure_is_explained_by_its_details() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;

    let refused = transcribe(&client, "/tmp/audio.flac").await.unwrap_err();
    assert_eq!(
        explain::status(&refused),
        "InvalidArgument: Invalid request.\n  files[0].uri: is not in Cloud Storage"
    );

    let transcription = transcribe(&client, OVER_QUOTA).await.unwrap();
    let failed = follow(&transcription, pending(), drop).await.unwrap_err();
    assert!(failed.is_failed(), "{failed}");
    assert_eq!(
        explain::operation(&failed),
        format!(
            "operation `{transcription}` failed: ResourceExhausted: Quota exceeded\n  \
             reason: RATE_LIMIT_EXCEEDED (googleapis.com)\n  quota_limit_value: 5\n  \
             see https://cloud.google.com/docs/quotas (Raise it)"
        )
    );
}

#[tokio::test]
async fn an_error_of_one_file_is_an_error_like_others() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;
    let transcription = transcribe(&client, MISSING).await.unwrap();
    let response = follow(&transcription, pending(), drop).await.unwrap();

    let (uri, text) = texts(response).next().unwrap();
    let error = text.unwrap_err();
    assert_eq!((uri.as_str(), error.code()), (MISSING, Code::NotFound));
    let expected = "NotFound: no such object\n  reason: OBJECT_MISSING (speech.googleapis.com)";
    assert_eq!(explain::status(&error), expected);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_an_error() {
    let server = Server::start(TOKEN).await;
    let client = server.connect(fixed(TOKEN)).await;
    transcribe(&client, SHORT).await.unwrap();

    let unknown = resume(&client, "projects/p/locations/global/operations/none");
    let error = follow(&unknown, pending(), drop).await.unwrap_err();
    assert!(error.is_gone(), "{error}");
    for name in ["", "\0\n", "%", "a//b"] {
        let error = follow(&resume(&client, name), pending(), drop).await.unwrap_err();
        assert!(!error.is_failed() && !error.is_cancelled(), "{name:?}: {error}");
    }
}
