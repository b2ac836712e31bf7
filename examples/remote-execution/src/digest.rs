//! What identifies blobs.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::pb::Digest;
use crate::problem;

/// The digest of some bytes.
///
/// # Panics
///
/// There are more than `i64::MAX` bytes, which no memory has.
pub fn of(bytes: &[u8]) -> Digest {
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        write!(hash, "{byte:02x}").expect("writing to a string does not fail");
    }
    let size_bytes = i64::try_from(bytes.len()).expect("no memory has more bytes");
    Digest { hash, size_bytes }
}

/// Whether a digest can be one. What is not is no name of a file either.
pub fn is_valid(digest: &Digest) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digest.hash.len() == 64 && digest.hash.bytes().all(is_hex) && digest.size_bytes >= 0
}

/// Refuses what cannot be a digest; `what` says where it was.
///
/// # Errors
///
/// `INVALID_ARGUMENT` that says so.
pub fn check(what: &str, digest: &Digest) -> Result<(), Status> {
    if is_valid(digest) {
        return Ok(());
    }
    Err(problem::invalid(what, format!("`{}` is not a SHA-256 and a size", text(digest))))
}

/// The digest as the API writes it in names: `{hash}/{size}`.
pub fn text(digest: &Digest) -> String {
    format!("{}/{}", digest.hash, digest.size_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_in_hexadecimal_digits_and_the_size() {
        let digest = of(b"abc");
        assert_eq!(text(&digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/3");
        assert!(is_valid(&digest));
    }

    #[test]
    fn what_is_no_digest_is_not_valid() {
        let good = of(b"");
        let with = |hash: &str, size_bytes| Digest { hash: hash.to_owned(), size_bytes };
        let (upper, path) = (good.hash.to_uppercase(), format!("../{}", &good.hash[3..]));
        for digest in
            [with("", 0), with(&good.hash[1..], 0), with(&upper, 0), with(&path, 0), with(&good.hash, -1)]
        {
            assert!(!is_valid(&digest), "{digest:?}");
        }
    }
}
