//! Where access tokens come from.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use super::Token;
use crate::BoxError;

/// The metadata server, under the name that it has on every machine in Google's cloud.
pub const METADATA_HOST: &str = "metadata.google.internal";

/// For the account that the machine runs as.
const METADATA_PATH: &str = "/computeMetadata/v1/instance/service-accounts/default/token";

/// How long a source may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// gcloud does not say when its tokens expire. They live for an hour, and may have been made before; if one ends earlier, the server's
/// refusal tells.
const GCLOUD_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// An answer of the metadata server is no longer than this, in bytes.
const LIMIT: usize = 64 * 1024;

/// Where access tokens come from.
#[derive(Debug)]
pub enum Source {
    /// One token, which cannot be renewed.
    Fixed(Token),
    /// The program gcloud, for people: `gcloud auth print-access-token`.
    Gcloud(PathBuf),
    /// The metadata server at this host, for programs that run in Google's cloud.
    Metadata(String),
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
}

impl Source {
    pub(super) async fn fetch(&self) -> Result<Token, BoxError> {
        match self {
            Self::Fixed(token) => Ok(token.clone()),
            Self::Gcloud(program) => timeout(PATIENCE, gcloud(program.clone())).await?,
            Self::Metadata(host) => timeout(PATIENCE, metadata(host)).await?,
        }
        .map_err(|error| format!("no access token from {self}: {error}").into())
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(_) => f.write_str("the environment"),
            Self::Gcloud(program) => write!(f, "`{} auth print-access-token`", program.display()),
            Self::Metadata(host) => write!(f, "the metadata server {host}"),
        }
    }
}

async fn gcloud(program: PathBuf) -> Result<Token, BoxError> {
    let output = Command::new(program)
        .args(["auth", "print-access-token"])
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", output.status, said.trim()).into());
    }
    Token::new(std::str::from_utf8(&output.stdout)?, Some(SystemTime::now() + GCLOUD_LIFETIME))
}

async fn metadata(host: &str) -> Result<Token, BoxError> {
    let uri = Uri::builder().scheme("http").authority(host).path_and_query(METADATA_PATH).build()?;
    // The header says that the caller knows what it asks for, and is none who was sent here by a URL.
    let request = Request::get(uri).header("metadata-flavor", "Google").body(Empty::<Bytes>::new())?;
    let response = Client::builder(TokioExecutor::new()).build_http().request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LIMIT).collect().await?.to_bytes();
    if !status.is_success() {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body).trim()).into());
    }
    let Answer { access_token, expires_in } = serde_json::from_slice(&body)?;
    Token::new(&access_token, SystemTime::now().checked_add(Duration::from_secs(expires_in)))
}
