//! The token that calls use at present, and its renewal.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use tokio::sync::Mutex;

use super::Source;
use crate::BoxError;

/// So long before its end a token is renewed. The metadata server has a new one from 5 minutes before the end on.
const MARGIN: Duration = Duration::from_secs(4 * 60);

/// An access token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The value of the header `authorization`. It is marked as sensitive, so that it is in no log.
    header: HeaderValue,
    /// By the clock of the system, which goes on while the machine sleeps; `None` if nobody knows.
    expires: Option<SystemTime>,
}

impl Token {
    /// Makes a token of its text, and of when it expires if that is known.
    ///
    /// # Errors
    ///
    /// The text is empty, or not one for a header.
    pub fn new(text: &str, expires: Option<SystemTime>) -> Result<Self, BoxError> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the access token is empty".into());
        }
        let mut header = HeaderValue::try_from(format!("Bearer {text}"))
            .map_err(|_| "the access token has characters that no header may have")?;
        header.set_sensitive(true);
        Ok(Self { header, expires })
    }

    fn lasts(&self, margin: Duration) -> bool {
        self.expires.is_none_or(|expires| expires > SystemTime::now() + margin)
    }
}

/// Has a token at hand, and gets a new one in time. Clones share the token.
#[derive(Debug, Clone)]
pub struct Tokens {
    source: Arc<Source>,
    /// Held while a token is renewed: one call does it, and the others wait for that.
    current: Arc<Mutex<Option<Token>>>,
}

impl Tokens {
    /// Takes tokens from `source`, the first one when it is needed.
    pub fn new(source: Source) -> Self {
        Self { source: Arc::new(source), current: Arc::default() }
    }

    /// The value for the header `authorization`. Cancel-safe: a renewal that is dropped is begun again by the next call.
    ///
    /// # Errors
    ///
    /// The source has no token, and the last one has expired.
    pub async fn header(&self) -> Result<HeaderValue, BoxError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| token.lasts(MARGIN)) {
            return Ok(token.header.clone());
        }
        match self.source.fetch().await {
            Ok(token) => Ok(current.insert(token).header.clone()),
            // The old one is good for some minutes, and the next call tries again.
            Err(error) => match current.as_ref().filter(|token| token.lasts(Duration::ZERO)) {
                Some(token) => Ok(token.header.clone()),
                None => Err(error),
            },
        }
    }

    /// Forgets a token that a server has refused, so that the next call gets another. Cancel-safe.
    pub async fn forget(&self, refused: &HeaderValue) {
        // Another call may have replaced it already.
        self.current.lock().await.take_if(|token| token.header == *refused);
    }
}
