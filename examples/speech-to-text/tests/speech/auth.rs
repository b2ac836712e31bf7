//! Tokens: renewed before they expire, replaced when they are refused, and given to nobody who is not trusted.

use std::future::pending;

use speech_to_text::auth::{Source, Token, Tokens};
use speech_to_text::connect::{Target, connect};
use speech_to_text::explain;
use speech_to_text::transcribe::{follow, texts};
use tonic::Code;

use crate::metadata::Metadata;
use crate::recognizer::{LONG, SHORT, TEXT};
use crate::server::{Server, fixed, transcribe};

/// In seconds.
const HOUR: u64 = 60 * 60;

#[tokio::test]
async fn a_token_serves_many_calls_until_shortly_before_its_end() {
    for (expires_in, tokens) in [(HOUR, ["token-1", "token-1"]), (60, ["token-1", "token-2"])] {
        let metadata = Metadata::start(expires_in).await;
        let held = Tokens::new(Source::Metadata(metadata.host.clone()));
        for token in tokens {
            assert_eq!(held.header().await.unwrap(), format!("Bearer {token}"), "{expires_in}");
        }
    }
}

#[tokio::test]
async fn calls_at_one_time_share_one_renewal() {
    let metadata = Metadata::start(HOUR).await;
    let tokens = Tokens::new(Source::Metadata(metadata.host.clone()));
    let (one, other) = tokio::join!(tokens.header(), tokens.header());
    assert_eq!(one.unwrap(), other.unwrap());
    assert_eq!(metadata.given(), 1);
}

#[tokio::test]
async fn a_token_that_expires_under_way_is_replaced_and_the_client_goes_on() {
    let metadata = Metadata::start(HOUR).await;
    let server = Server::start("token-1").await;
    let client = server.connect(Source::Metadata(metadata.host.clone())).await;
    let transcription = transcribe(&client, LONG).await.unwrap();

    let let_end = async {
        server.called_with("token-2").await;
        server.gate.add_permits(1);
        pending::<()>().await;
    };
    let response = tokio::select! {
        response = follow(&transcription, pending(), |_| server.accept("token-2")) => response.unwrap(),
        () = let_end => unreachable!(),
    };

    assert_eq!(texts(response).next().unwrap().1.unwrap(), TEXT);
    assert_eq!(metadata.given(), 2);
    let calls = server.calls();
    let first = calls.iter().position(|call| call.token == "Bearer token-2").unwrap();
    // What was refused was asked again; only the start was made with the first token before.
    assert!((2..=3).contains(&first), "{calls:?}");
    assert!(calls[first..].iter().all(|call| call.token == "Bearer token-2"), "{calls:?}");
}

#[tokio::test]
async fn a_start_that_is_refused_because_of_its_token_starts_once() {
    let metadata = Metadata::start(HOUR).await;
    let server = Server::start("token-2").await;
    let client = server.connect(Source::Metadata(metadata.host.clone())).await;
    transcribe(&client, SHORT).await.unwrap().wait().await.unwrap();
    let starts = server.calls().iter().filter(|call| call.rpc == "BatchRecognize").count();
    assert_eq!((starts, metadata.given()), (2, 2));
}

#[tokio::test]
async fn a_token_that_cannot_be_replaced_is_an_error_after_one_more_call() {
    let server = Server::start("another").await;
    let client = server.connect(fixed("secret")).await;
    let refused = transcribe(&client, SHORT).await.unwrap_err();
    assert_eq!(explain::status(&refused), "Unauthenticated: token expired");
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_source_without_tokens_says_so_and_nothing_is_called() {
    let server = Server::start("secret").await;
    let client = server.connect(Source::Gcloud("/nowhere/gcloud".into())).await;
    let error = transcribe(&client, SHORT).await.unwrap_err();
    assert_eq!(error.code(), Code::Unauthenticated);
    let expected = "no access token from `/nowhere/gcloud auth print-access-token`: ";
    assert!(error.message().starts_with(expected), "{error}");
    assert!(server.calls().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn gcloud_is_asked_for_a_token() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let gcloud = folder.path().join("gcloud");
    std::fs::write(&gcloud, "#!/bin/sh\necho \"$1-$2\"\n").unwrap();
    std::fs::set_permissions(&gcloud, std::fs::Permissions::from_mode(0o755)).unwrap();
    let tokens = Tokens::new(Source::Gcloud(gcloud));
    assert_eq!(tokens.header().await.unwrap(), "Bearer auth-print-access-token");
}

#[test]
fn a_token_is_text_for_a_header_and_in_no_log() {
    for wrong in ["", "  \n", "a\nb", "\0"] {
        Token::new(wrong, None).unwrap_err();
    }
    let token = Token::new("secret\n", None).unwrap();
    assert!(!format!("{token:?}").contains("secret"));
}

#[tokio::test]
async fn who_is_not_trusted_gets_no_token() {
    let server = Server::start("secret").await;
    let tokens = Tokens::new(fixed("secret"));
    let stranger = Target { ca: None, ..server.target() };
    let error = connect(stranger, tokens.clone()).await.unwrap_err();
    assert!(explain::other(&*error).contains("UnknownIssuer"), "{}", explain::other(&*error));

    let plain = server.endpoint.replace("https://", "http://");
    let error = connect(Target { endpoint: plain, ..server.target() }, tokens).await.unwrap_err();
    assert!(error.to_string().ends_with("does not begin with https://"), "{error}");
    assert!(server.calls().is_empty());
}
