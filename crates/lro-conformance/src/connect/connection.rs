//! A connection to one address, with the metadata of one identity.

use std::str::FromStr as _;
use std::time::Duration;

use bytes::Bytes;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

use super::codec::RawCodec;
use crate::error::Error;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// The largest answer that is read.
const LARGEST_ANSWER: usize = 64 << 20;

/// A connection to one address, with the metadata of one identity. Clones share the connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    endpoint: Endpoint,
    channel: Channel,
    metadata: MetadataMap,
}

impl Connection {
    /// Connects to an address.
    pub(crate) async fn open(
        address: &str,
        headers: &[(String, String)],
        certificate: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let no_address = |why: String| {
            Error::usage(format!("`{address}` is no address like http://host:port or https://host: {why}"))
        };
        let mut endpoint =
            Endpoint::from_shared(address.to_owned()).map_err(|error| no_address(error.to_string()))?;
        match endpoint.uri().scheme_str() {
            Some("http") => {}
            Some("https") => {
                let tls = match certificate {
                    Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
                    None => ClientTlsConfig::new().with_webpki_roots(),
                };
                endpoint = endpoint.tls_config(tls).map_err(|error| no_address(explain(&error)))?;
            }
            _ => return Err(no_address("it has to begin with http:// or https://".to_owned())),
        }
        let endpoint = endpoint.connect_timeout(CONNECT).tcp_nodelay(true);
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| Error::connect(format!("cannot connect to {address}: {}", explain(&error))))?;
        Ok(Self { endpoint, channel, metadata: metadata(headers)? })
    }

    /// The same server, with the metadata of another identity.
    pub(crate) fn as_other(&self, headers: &[(String, String)]) -> Result<Self, Error> {
        Ok(Self { metadata: metadata(headers)?, ..self.clone() })
    }

    /// Another connection to the same server, made when it is needed.
    pub(crate) fn another(&self) -> Self {
        Self { channel: self.endpoint.connect_lazy(), ..self.clone() }
    }

    /// Calls a unary method, `package.Service/Method`, with this deadline.
    ///
    /// Cancel-safe: the call is given up.
    pub(crate) async fn call(
        &self,
        method: &str,
        message: Bytes,
        deadline: Duration,
    ) -> Result<Bytes, Status> {
        let mut request = self.request(message);
        request.set_timeout(deadline);
        self.client().await?.unary(request, path(method)?, RawCodec).await.map(tonic::Response::into_inner)
    }

    /// The first answer of a method with streams in both directions to one message.
    ///
    /// Cancel-safe: the call is given up.
    pub(super) async fn ask(&self, method: &str, message: Bytes) -> Result<Bytes, Status> {
        let request = self.request(tokio_stream::once(message));
        let answers = self.client().await?.streaming(request, path(method)?, RawCodec).await?;
        answers.into_inner().message().await?.ok_or_else(|| Status::internal("the server gives no answer"))
    }

    async fn client(&self) -> Result<Grpc<Channel>, Status> {
        let mut client = Grpc::new(self.channel.clone()).max_decoding_message_size(LARGEST_ANSWER);
        let ready = client.ready().await;
        ready.map_err(|error| Status::unavailable(format!("no connection: {}", explain(&error))))?;
        Ok(client)
    }

    /// A request with the metadata of the identity.
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.metadata.clone();
        request
    }
}

fn path(method: &str) -> Result<PathAndQuery, Status> {
    PathAndQuery::from_str(&format!("/{method}"))
        .map_err(|error| Status::invalid_argument(format!("`{method}` is no method: {error}")))
}

fn metadata(headers: &[(String, String)]) -> Result<MetadataMap, Error> {
    let mut metadata = MetadataMap::new();
    for (name, value) in headers {
        let key = AsciiMetadataKey::from_str(&name.to_ascii_lowercase())
            .map_err(|_| Error::usage(format!("`{name}` is no name of a header with text")))?;
        let value = AsciiMetadataValue::from_str(value)
            .map_err(|_| Error::usage(format!("the header `{name}` has a value that is not plain ASCII")))?;
        metadata.append(key, value);
    }
    Ok(metadata)
}

/// An error with its causes, which is where transports say what went wrong.
fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}
