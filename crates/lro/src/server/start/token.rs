//! The right to finish an operation that no handler works on.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lro_store::{Attempt, DelegateId, Fence, Holder, OperationName};

/// The right to finish an operation that others work on ([`Start::delegated`](crate::Start::delegated)), as text to
/// keep or to hand out: [`Display`](fmt::Display) writes it, [`FromStr`] reads it.
///
/// Whoever has the text can end the operation, so treat it as a secret; its `Debug` form shows only whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct CompletionToken {
    name: OperationName,
    id: DelegateId,
}

/// Changes with the form of the text, so that an old token is refused and not misread.
const VERSION: u8 = b'1';

impl CompletionToken {
    pub(super) fn new(name: OperationName, id: DelegateId) -> Self {
        Self { name, id }
    }

    /// The name of the operation.
    pub fn operation_name(&self) -> &str {
        self.name.as_str()
    }

    pub(in crate::server) fn fence(&self) -> Fence {
        // Nobody claims such an operation, so there is only the first attempt.
        Fence { name: self.name.clone(), holder: Holder::Delegate(self.id.clone()), attempt: Attempt::FIRST }
    }
}

impl fmt::Display for CompletionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No name has a space.
        let text = format!("{}{} {}", char::from(VERSION), self.name, self.id.as_str());
        f.write_str(&URL_SAFE_NO_PAD.encode(text))
    }
}

impl FromStr for CompletionToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (&version, rest) = bytes.split_first()?;
            let (name, id) = std::str::from_utf8(rest).ok()?.split_once(' ')?;
            let name = OperationName::parse(name).ok()?;
            (version == VERSION && !id.is_empty() && !id.contains('\0'))
                .then(|| Self { name, id: DelegateId::new(id) })
        };
        read().ok_or(InvalidToken)
    }
}

impl fmt::Debug for CompletionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A text that is no completion token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a completion token; pass on the text of `Start::token` unchanged")]
pub struct InvalidToken;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text_and_keeps_its_secret() {
        let name = OperationName::parse("shelves/1/operations/a").unwrap();
        let token = CompletionToken::new(name, DelegateId::generate(7));
        assert_eq!(token.to_string().parse(), Ok(token.clone()));
        assert!(!format!("{token:?}").contains(token.id.as_str()));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for text in [
            "",
            "1",
            "not base64!",
            &encode("1operations/a"),
            &encode("1operations/a "),
            &encode("2operations/a x"),
            &encode("1a b c"),
        ] {
            assert_eq!(text.parse::<CompletionToken>(), Err(InvalidToken), "{text}");
        }
    }
}
