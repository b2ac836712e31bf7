//! Names of operations and of the resources they belong to.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::Timestamp;

/// The longest operation name, in bytes. It bounds index entries and page tokens.
pub const MAX_NAME_LEN: usize = 512;

pub(crate) const COLLECTION: &str = "operations";

/// The length of the ids that are made here.
const ID_LEN: usize = 34;

/// Crockford's digits, in the order of their bytes.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The resource name of an operation: `[{parent}/]operations/{id}` (AIP-122, AIP-151).
///
/// Cheap to clone. Compares byte by byte, which is also the order in which stores list operations of one
/// creation time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationName(Arc<str>);

impl OperationName {
    /// A new name under `parent`, made now, with an id that nobody can guess or count.
    pub fn random(parent: &Parent) -> Self {
        Self::generate(parent, SystemTime::now().into(), rand::random())
    }

    /// A name under `parent` from a time and a source of randomness.
    ///
    /// The id is 34 characters: 48 bits of milliseconds since the Unix epoch, and then the lowest 122 bits of
    /// `random`, in lower-case base 32. Ids that are made one after the other sort in that order, so that a
    /// database appends them to its index.
    pub fn generate(parent: &Parent, now: Timestamp, random: u128) -> Self {
        const TIME_BITS: u32 = 48;
        const RANDOM_BITS: u32 = 122;
        let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or_default();
        let time = u128::from(millis) & ((1 << TIME_BITS) - 1);
        let random = random & ((1 << RANDOM_BITS) - 1);
        let digit = |low: u32| {
            // The last digit that has random bits has two of them, below three of the time.
            let bits: u128 = if low >= RANDOM_BITS {
                time >> (low - RANDOM_BITS)
            } else {
                (random >> low) | (time << (RANDOM_BITS - low))
            };
            let [lowest, ..] = bits.to_le_bytes();
            char::from(DIGITS[usize::from(lowest & 31)])
        };
        let separator = if parent.0.is_empty() { "" } else { "/" };
        let mut text = String::with_capacity(MAX_NAME_LEN);
        text.extend([parent.as_str(), separator, COLLECTION, "/"]);
        text.extend((0..TIME_BITS + RANDOM_BITS).step_by(5).rev().map(digit));
        Self(text.into())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// When the text is not of the form above, longer than [`MAX_NAME_LEN`], or has a segment with characters
    /// other than RFC 3986 allows in a path (and `*`, which reads like a wildcard).
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        check_length(text, MAX_NAME_LEN)?;
        let (collection, id) = text.rsplit_once('/').ok_or_else(|| InvalidName::shape(text))?;
        check_segment(id)?;
        let parent = match collection.strip_suffix(COLLECTION) {
            Some("") => "",
            Some(rest) => rest
                .strip_suffix('/')
                .filter(|rest| !rest.is_empty())
                .ok_or_else(|| InvalidName::shape(text))?,
            None => return Err(InvalidName::shape(text)),
        };
        check_segments(parent)?;
        Ok(Self(text.into()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub fn id(&self) -> &str {
        self.split().1
    }

    /// The name of the resource that the operation belongs to; empty when it belongs to none.
    pub fn parent(&self) -> &str {
        self.split().0
    }

    /// The parent and the id.
    fn split(&self) -> (&str, &str) {
        let (collection, id) = self.0.rsplit_once('/').expect("a name has a collection and an id");
        (collection[..collection.len() - COLLECTION.len()].trim_end_matches('/'), id)
    }
}

impl fmt::Display for OperationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of the resource that operations belong to, such as `shelves/1`; empty for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parent(String);

impl Parent {
    /// The longest parent, in bytes: what [`MAX_NAME_LEN`] leaves beside `/operations/` and a random id.
    pub const MAX_LEN: usize = MAX_NAME_LEN - "/operations/".len() - ID_LEN;

    /// Reads a parent: segments joined by `/`, or nothing at all.
    ///
    /// # Errors
    /// When it is longer than [`Parent::MAX_LEN`] or has an empty segment or one that names cannot contain.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        check_length(text, Self::MAX_LEN)?;
        check_segments(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The whole name; empty for none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name. The message quotes what is wrong and says why.
///
/// It stays below 300 bytes whatever the text, so that an answer cannot be blown up from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidName {
    message: String,
}

impl InvalidName {
    fn shape(text: &str) -> Self {
        let quote = quote(text);
        Self { message: format!("{quote} is not an operation name, which ends in `operations/{{id}}`") }
    }

    fn segment(segment: &str) -> Self {
        let quote = quote(segment);
        Self {
            message: format!(
                "the name has the segment {quote}; a segment is at least one of the letters, digits and \
                 signs that a URL path allows, and neither `-`, `.` nor `..` alone"
            ),
        }
    }
}

/// The text in quotes, cut where its escaped form reaches 64 bytes.
fn quote(text: &str) -> String {
    let mut escaped = 0;
    let fits = |char: &char| {
        escaped += char.escape_debug().map(char::len_utf8).sum::<usize>();
        escaped <= 64
    };
    let start: String = text.chars().take_while(fits).collect();
    let rest = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{rest}")
}

pub(crate) fn check_length(text: &str, max: usize) -> Result<(), InvalidName> {
    if text.len() <= max {
        return Ok(());
    }
    let quote = quote(text);
    Err(InvalidName {
        message: format!("the name {quote} has {} bytes; at most {max} are allowed", text.len()),
    })
}

pub(crate) fn check_segment(segment: &str) -> Result<(), InvalidName> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()+,;=:@%".contains(&byte);
    // A lone `-` would read as a wildcard, and HTTP proxies rewrite dots.
    let reserved = matches!(segment, "" | "-" | "." | "..");
    if reserved || !segment.bytes().all(allowed) {
        return Err(InvalidName::segment(segment));
    }
    Ok(())
}

fn check_segments(path: &str) -> Result<(), InvalidName> {
    if path.is_empty() {
        return Ok(());
    }
    path.split('/').try_for_each(check_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_into_parent_and_id() {
        for (text, parent, id) in [
            ("operations/1", "", "1"),
            ("shelves/1/operations/a-b", "shelves/1", "a-b"),
            ("operations/x/operations/y", "operations/x", "y"),
        ] {
            let name = OperationName::parse(text).unwrap();
            assert_eq!((name.as_str(), name.parent(), name.id()), (text, parent, id));
        }
    }

    #[test]
    fn what_is_not_a_name_is_refused_with_a_reason() {
        for (text, quoted) in [
            ("", ""),
            ("operations", "operations"),
            ("operations/", ""),
            ("/operations/1", "/operations/1"),
            ("a//operations/1", ""),
            ("myoperations/1", "myoperations/1"),
            ("operations/1/", ""),
            ("operations/-", "-"),
            ("operations/..", ".."),
            ("shelves/-/operations/1", "-"),
            ("operations/a b", "a b"),
            ("operations/a*", "a*"),
            ("operations/é", "é"),
        ] {
            let error = OperationName::parse(text).expect_err(text);
            assert!(error.to_string().contains(&format!("{quoted:?}")), "{error}");
        }
    }

    #[test]
    fn a_refusal_is_short_whatever_the_text() {
        for hostile in ["x", " ", "'", "\"", "\0", "\u{1f}", "\u{85}", "é", "\u{301}", "🦀", "\u{10ffff}"]
        {
            for count in [1, 8, 60, 100, 1_000_000] {
                let text = hostile.repeat(count);
                for name in [text.clone(), format!("{text}/operations/1"), format!("operations/{text}")] {
                    let parsed = [OperationName::parse(&name).err(), Parent::parse(&name).err()];
                    for error in parsed.into_iter().flatten() {
                        let message = error.to_string();
                        assert!(message.len() < 300, "{} bytes: {message}", message.len());
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_text_is_cut_where_it_is_quoted_and_a_short_one_is_not() {
        assert_eq!(quote(&"x".repeat(64)), format!("\"{}\"", "x".repeat(64)));
        assert_eq!(quote(&"x".repeat(65)), format!("\"{}\"…", "x".repeat(64)));
        assert_eq!(quote(&"\n".repeat(33)), format!("\"{}\"…", "\\n".repeat(32)));
    }

    #[test]
    fn an_id_is_time_and_then_random_bits() {
        let id = |millis: i64, random| {
            let now = Timestamp::from_micros(millis * 1_000);
            OperationName::generate(&Parent::default(), now, random).id().to_owned()
        };
        assert_eq!(id(0, 0), "0".repeat(34));
        assert_eq!(id(0, 1), format!("{}1", "0".repeat(33)));
        assert_eq!(id(0, u128::MAX), format!("{}3{}", "0".repeat(9), "z".repeat(24)));
        assert_eq!(id(1, 0), format!("{}4{}", "0".repeat(9), "0".repeat(24)));
        assert_eq!(id((1 << 48) - 1, u128::MAX), "z".repeat(34));
        assert_eq!(id(1_700_000_000_000, 0), format!("065wzsb8{}", "0".repeat(26)));
        assert!(id(1_700_000_000_000, u128::MAX) < id(1_700_000_000_001, 0));
        assert_eq!(id(-5, 0), id(0, 0), "a clock before the epoch is no reason to fail");
    }

    #[test]
    fn random_names_are_valid_distinct_and_keep_their_parent() {
        let parent = Parent::parse("shelves/1").unwrap();
        let (one, two) = (OperationName::random(&parent), OperationName::random(&parent));
        assert_ne!(one, two);
        assert_eq!(one.parent(), "shelves/1");
        assert_eq!(OperationName::parse(one.as_str()), Ok(one.clone()));
        assert_eq!(OperationName::random(&Parent::default()).parent(), "");
    }

    #[test]
    fn the_longest_parent_still_makes_a_valid_name() {
        let parent = Parent::parse(&"p".repeat(Parent::MAX_LEN)).unwrap();
        assert_eq!(OperationName::random(&parent).as_str().len(), MAX_NAME_LEN);
        assert!(Parent::parse(&"p".repeat(Parent::MAX_LEN + 1)).is_err());
        assert!(OperationName::parse(&format!("operations/{}", "i".repeat(MAX_NAME_LEN))).is_err());
    }
}
