//! Page tokens: places in a list, sealed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use lro_store::{Cursor, OperationName, Timestamp};

/// Changes with the form of what is sealed, so that old tokens are refused and not misread.
const VERSION: u8 = 2;
const NONCE_LEN: usize = 24;
const TIME_LEN: usize = 8;

/// Seals and opens page tokens: URL-safe text that only this server (or one with its key) can have made or can read, and
/// that is good for the same question only. A token says where to go on. It is never a permission. What it says is
/// encrypted, because a page may end at an operation that its reader may not see.
#[derive(Clone)]
pub(in crate::server) struct PageTokens {
    cipher: XChaCha20Poly1305,
}

impl PageTokens {
    pub(in crate::server) fn new(key: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.into()) }
    }

    pub(in crate::server) fn with_random_key() -> Self {
        Self::new(&rand::random())
    }

    /// The token for going on after `cursor`, with a question that `scope` is the same for.
    pub(in crate::server) fn seal(&self, cursor: &Cursor, scope: &[&str]) -> String {
        let mut place = cursor.create_time.as_micros().to_be_bytes().to_vec();
        place.extend(cursor.name.as_str().as_bytes());
        let nonce: [u8; NONCE_LEN] = rand::random();
        let payload = Payload { msg: &place, aad: &bound_to(scope) };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("a place is not long");
        URL_SAFE_NO_PAD.encode([&[VERSION], &nonce[..], &sealed].concat())
    }

    /// The place that a token stands for; `None` if it was not made by [`seal`](Self::seal) for this scope.
    pub(in crate::server) fn open(&self, token: &str, scope: &[&str]) -> Option<Cursor> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (&version, token) = token.split_first()?;
        let (nonce, sealed) = token.split_first_chunk::<NONCE_LEN>()?;
        if version != VERSION {
            return None;
        }
        let payload = Payload { msg: sealed, aad: &bound_to(scope) };
        let place = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        let (time, name) = place.split_first_chunk::<TIME_LEN>()?;
        Some(Cursor {
            create_time: Timestamp::from_micros(i64::from_be_bytes(*time)),
            name: OperationName::parse(std::str::from_utf8(name).ok()?).ok()?,
        })
    }
}

/// A scope as bytes. With its length before it, no part can run over into the next.
fn bound_to(scope: &[&str]) -> Vec<u8> {
    let part = |part: &&str| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat();
    std::iter::once(vec![VERSION]).chain(scope.iter().map(part)).flatten().collect()
}

impl fmt::Debug for PageTokens {
    /// Keeps the key out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageTokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let name = OperationName::parse("shelves/1/operations/a").unwrap();
        Cursor { create_time: Timestamp::from_micros(1_234_567), name }
    }

    #[test]
    fn a_token_opens_to_the_place_it_was_made_of_and_does_not_tell_it() {
        let tokens = PageTokens::new(&[1; 32]);
        let token = tokens.seal(&cursor(), &["shelves/1", ""]);
        assert_eq!(tokens.open(&token, &["shelves/1", ""]), Some(cursor()));
        assert!(
            token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
            "{token}"
        );
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"shelves"), "{bytes:?}");
    }

    #[test]
    fn another_scope_or_key_does_not_open_it() {
        let tokens = PageTokens::new(&[1; 32]);
        let token = tokens.seal(&cursor(), &["ab", "c"]);
        for scope in [["a", "bc"], ["abc", ""], ["", "abc"]] {
            assert_eq!(tokens.open(&token, &scope), None);
        }
        assert_eq!(tokens.open(&token, &["ab", "c", ""]), None);
        assert_eq!(PageTokens::new(&[2; 32]).open(&token, &["ab", "c"]), None);
        assert_eq!(PageTokens::with_random_key().open(&token, &["ab", "c"]), None);
    }

    #[test]
    fn no_changed_character_goes_unnoticed() {
        let tokens = PageTokens::new(&[1; 32]);
        let token = tokens.seal(&cursor(), &[]);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.open(std::str::from_utf8(&changed).unwrap(), &[]), None, "at {at}");
        }
        for text in ["", "x", "not base64!", &token[..token.len() / 2]] {
            assert_eq!(tokens.open(text, &[]), None);
        }
    }
}
