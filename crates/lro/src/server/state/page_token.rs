//! Page tokens: places in a list, sealed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use lro_store::{Cursor, OperationName, Timestamp};
use sha2::Sha256;

/// Changes with the form of what is sealed, so that old tokens are refused and not misread.
const VERSION: u8 = 1;
const TAG_LEN: usize = 32;
const TIME_LEN: usize = 8;

/// Seals and opens page tokens: URL-safe text that only this server (or one with its key) can have made, and
/// that is good for the same question only. A token says where to go on. It is never a permission.
#[derive(Clone)]
pub(in crate::server) struct PageTokens {
    mac: Hmac<Sha256>,
}

impl PageTokens {
    pub(in crate::server) fn new(key: &[u8; 32]) -> Self {
        let mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        Self { mac }
    }

    pub(in crate::server) fn with_random_key() -> Self {
        Self::new(&rand::random::<[u8; 32]>())
    }

    /// The token for going on after `cursor`, with a question that `scope` is the same for.
    pub(in crate::server) fn seal(&self, cursor: &Cursor, scope: &[&str]) -> String {
        let mut place = vec![VERSION];
        place.extend(cursor.create_time.as_micros().to_be_bytes());
        place.extend(cursor.name.as_str().as_bytes());
        let mut token = self.authenticate(&place, scope).finalize().into_bytes().to_vec();
        token.extend(place);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The place that a token stands for; `None` if it was not made by [`seal`](Self::seal) for this scope.
    pub(in crate::server) fn open(&self, token: &str, scope: &[&str]) -> Option<Cursor> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, place) = token.split_at_checked(TAG_LEN)?;
        self.authenticate(place, scope).verify_slice(tag).ok()?;
        let (&version, rest) = place.split_first()?;
        let (time, name) = rest.split_first_chunk::<TIME_LEN>()?;
        if version != VERSION {
            return None;
        }
        Some(Cursor {
            create_time: Timestamp::from_micros(i64::from_be_bytes(*time)),
            name: OperationName::parse(std::str::from_utf8(name).ok()?).ok()?,
        })
    }

    fn authenticate(&self, place: &[u8], scope: &[&str]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        for part in scope {
            // With its length before it, no part can run over into the next.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(place);
        mac
    }
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
    fn a_token_opens_to_the_place_it_was_made_of() {
        let tokens = PageTokens::new(&[1; 32]);
        let token = tokens.seal(&cursor(), &["shelves/1", ""]);
        assert_eq!(tokens.open(&token, &["shelves/1", ""]), Some(cursor()));
        assert!(
            token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
            "{token}"
        );
    }

    #[test]
    fn another_scope_or_key_does_not_open_it() {
        let tokens = PageTokens::new(&[1; 32]);
        let token = tokens.seal(&cursor(), &["ab", "c"]);
        for scope in [["a", "bc"], ["abc", ""], ["", "abc"]] {
            assert_eq!(tokens.open(&token, &scope), None);
        }
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
