//! A metadata server, which gives out another token each time that it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The metadata server: its tokens are called `token-1`, `token-2` and so on.
pub(crate) struct Metadata {
    pub(crate) host: String,
    given: Arc<AtomicU32>,
}

impl Metadata {
    /// Starts one whose tokens expire in so many seconds.
    pub(crate) async fn start(expires_in: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let given = Arc::<AtomicU32>::default();
        let counter = Arc::clone(&given);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, &counter, expires_in).await;
            }
        });
        Self { host, given }
    }

    /// How many tokens it has given out.
    pub(crate) fn given(&self) -> u32 {
        self.given.load(Ordering::SeqCst)
    }
}

async fn answer(mut stream: TcpStream, given: &AtomicU32, expires_in: u64) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
    let path = "get /computemetadata/v1/instance/service-accounts/default/token http/1.1\r\n";
    let (code, body) = if request.starts_with(path) && request.contains("metadata-flavor: google") {
        let number = given.fetch_add(1, Ordering::SeqCst) + 1;
        let body =
            format!(r#"{{"access_token":"token-{number}","expires_in":{expires_in},"token_type":"Bearer"}}"#);
        ("200 OK", body)
    } else {
        ("403 Forbidden", "Missing Metadata-Flavor".to_owned())
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {code}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
}
