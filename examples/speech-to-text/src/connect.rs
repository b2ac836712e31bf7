//! Makes the client.

use http::HeaderValue;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

use crate::BoxError;
use crate::auth::{Authorized, Tokens};
use crate::pb::speech_lro::SpeechLroClient;

/// What calls go to, and on whose behalf.
#[derive(Debug)]
pub struct Target {
    /// The URI of the service, such as `https://speech.googleapis.com`.
    pub endpoint: String,
    /// A certificate authority to trust besides those of the web, in PEM.
    pub ca: Option<Vec<u8>>,
    /// The project that calls count for, in place of the account's own.
    pub quota_project: Option<String>,
}

/// Where the API of a location is.
pub fn endpoint(location: &str) -> String {
    match location {
        "global" => "https://speech.googleapis.com".to_owned(),
        location => format!("https://{location}-speech.googleapis.com"),
    }
}

/// Connects.
///
/// # Errors
///
/// The target is not well-formed, nothing answers there, or what answers is not trusted.
pub async fn connect(target: Target, tokens: Tokens) -> Result<SpeechLroClient, BoxError> {
    // Tokens are secrets.
    if !target.endpoint.starts_with("https://") {
        return Err(format!("`{}` does not begin with https://", target.endpoint).into());
    }
    let mut tls = ClientTlsConfig::new().with_webpki_roots();
    if let Some(ca) = target.ca {
        tls = tls.ca_certificate(Certificate::from_pem(ca));
    }
    let project = target.quota_project.map(HeaderValue::try_from).transpose()?;
    let endpoint = Endpoint::from_shared(target.endpoint)?.tls_config(tls)?;
    let client =
        lro::Client::connect_with(endpoint, |connection| Authorized::new(connection, tokens, project))
            .await?;
    Ok(client.into())
}
