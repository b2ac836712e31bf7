//! Which parents a list covers.

use std::fmt;

use super::name::{COLLECTION, InvalidName, check_length, check_segment};
use crate::Parent;

/// Selects operations by their parent: all of them, those of one parent, or those of every parent that
/// differs from the pattern only where it has a `-` (AIP-159: reading across collections).
///
/// ```
/// use lro_store::ParentPattern;
///
/// let pattern = ParentPattern::parse("libraries/-/shelves/1")?;
/// assert!(pattern.matches("libraries/7/shelves/1"));
/// assert!(!pattern.matches("libraries/7/shelves/2"));
/// # Ok::<(), lro_store::InvalidName>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ParentPattern(String);

impl ParentPattern {
    /// Every operation, whatever its parent.
    pub const fn all() -> Self {
        Self(String::new())
    }

    /// Reads a pattern: the name of a parent with `-` in place of any segments; empty for all operations.
    ///
    /// # Errors
    /// When it is longer than [`Parent::MAX_LEN`], or a segment is neither `-` nor one that a parent can
    /// contain.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        check_length(text, Parent::MAX_LEN)?;
        if !text.is_empty() {
            text.split('/').filter(|segment| *segment != "-").try_for_each(check_segment)?;
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads what a list request names: a pattern, or the collection of a pattern's operations, `operations` or
    /// `{pattern}/operations`, which is what HTTP mappings of `ListOperations` send.
    ///
    /// ```
    /// use lro_store::ParentPattern;
    ///
    /// let shelf = ParentPattern::parse("shelves/1")?;
    /// assert_eq!(ParentPattern::parse_collection("shelves/1/operations")?, shelf);
    /// assert_eq!(ParentPattern::parse_collection("shelves/1")?, shelf);
    /// assert_eq!(ParentPattern::parse_collection("operations")?, ParentPattern::all());
    /// # Ok::<(), lro_store::InvalidName>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn parse_collection(text: &str) -> Result<Self, InvalidName> {
        match text.strip_suffix(COLLECTION) {
            Some("") => Ok(Self::all()),
            Some(rest) if rest.ends_with('/') && rest.len() > 1 => Self::parse(&rest[..rest.len() - 1]),
            _ => Self::parse(text),
        }
    }

    /// The pattern as text; empty for all operations.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every operation is selected.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// The one parent that is selected, for a store that has an index by parent; `None` for a pattern that
    /// can match several.
    pub fn as_exact(&self) -> Option<&str> {
        (!self.is_all() && self.segments().all(|segment| segment.is_some())).then_some(&*self.0)
    }

    /// The segments in order, `None` where any segment will do.
    pub fn segments(&self) -> impl Iterator<Item = Option<&str>> {
        self.0
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| (segment != "-").then_some(segment))
    }

    /// What every selected parent begins with, for a store that scans a range of an index: everything before
    /// the first `-`.
    pub fn literal_prefix(&self) -> &str {
        let end: usize =
            self.0.split_inclusive('/').take_while(|part| !is_wildcard(part)).map(str::len).sum();
        &self.0[..end]
    }

    /// The right side of `parent LIKE … ESCAPE '\'`: `%` for each `-`, and whatever `LIKE` would read as
    /// more than itself escaped.
    ///
    /// `%` also stands for several segments or none. The selection is exact among parents that are not empty
    /// and have as many `/` as the pattern; and `LIKE` must respect case, which not every database does by
    /// default.
    ///
    /// ```
    /// use lro_store::ParentPattern;
    ///
    /// assert_eq!(ParentPattern::parse("my_libraries/-/shelves/1")?.to_like(), r"my\_libraries/%/shelves/1");
    /// assert_eq!(ParentPattern::all().to_like(), "%");
    /// # Ok::<(), lro_store::InvalidName>(())
    /// ```
    pub fn to_like(&self) -> String {
        if self.is_all() {
            return "%".to_owned();
        }
        let mut like = String::with_capacity(self.0.len());
        for part in self.0.split_inclusive('/') {
            if is_wildcard(part) {
                like.push_str(&part.replace('-', "%"));
                continue;
            }
            for char in part.chars() {
                if matches!(char, '%' | '_' | '\\') {
                    like.push('\\');
                }
                like.push(char);
            }
        }
        like
    }

    /// Whether an operation of this parent is selected. A `-` stands for exactly one segment.
    pub fn matches(&self, parent: &str) -> bool {
        if self.is_all() {
            return true;
        }
        let mut actual = parent.split('/').filter(|segment| !segment.is_empty());
        let same = self
            .segments()
            .all(|wanted| actual.next().is_some_and(|is| wanted.is_none_or(|wanted| wanted == is)));
        same && actual.next().is_none()
    }
}

/// Whether a segment, with the `/` after it if there is one, stands for any.
fn is_wildcard(part: &str) -> bool {
    matches!(part, "-" | "-/")
}

impl From<&Parent> for ParentPattern {
    /// Selects the operations of one parent; an empty parent selects all.
    fn from(parent: &Parent) -> Self {
        Self(parent.as_str().to_owned())
    }
}

impl fmt::Display for ParentPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stands_for_exactly_one_segment() {
        for (pattern, parent, selected) in [
            ("", "", true),
            ("", "shelves/1", true),
            ("shelves/1", "shelves/1", true),
            ("shelves/1", "shelves/10", false),
            ("shelves/1", "", false),
            ("shelves/-", "shelves/2", true),
            ("shelves/-", "shelves", false),
            ("shelves/-", "shelves/2/rows/3", false),
            ("-/-", "shelves/2", true),
        ] {
            assert_eq!(
                ParentPattern::parse(pattern).unwrap().matches(parent),
                selected,
                "{pattern} {parent}"
            );
        }
    }

    #[test]
    fn only_a_pattern_without_dash_is_one_parent() {
        assert_eq!(ParentPattern::parse("shelves/1").unwrap().as_exact(), Some("shelves/1"));
        assert_eq!(ParentPattern::parse("shelves/-").unwrap().as_exact(), None);
        assert_eq!(ParentPattern::all().as_exact(), None);
    }

    #[test]
    fn a_pattern_has_the_forms_that_sql_wants() {
        for (pattern, prefix, like) in [
            ("", "", "%"),
            ("shelves/1", "shelves/1", "shelves/1"),
            ("shelves/-", "shelves/", "shelves/%"),
            ("shelves/-/rows/a-b", "shelves/", "shelves/%/rows/a-b"),
            ("-/1", "", "%/1"),
            ("-", "", "%"),
            ("a_b/100%/-", "a_b/100%/", r"a\_b/100\%/%"),
        ] {
            let parsed = ParentPattern::parse(pattern).unwrap();
            assert_eq!((parsed.literal_prefix(), &*parsed.to_like()), (prefix, like), "{pattern}");
        }
    }

    #[test]
    fn the_pattern_of_a_parent_is_its_name() {
        for text in ["", "shelves/1"] {
            let pattern = ParentPattern::from(&Parent::parse(text).unwrap());
            assert_eq!((pattern.as_str(), &*pattern.to_string()), (text, text));
            assert_eq!(Ok(pattern), ParentPattern::parse(text));
        }
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for text in ["/", "shelves/", "/1", "a//b", "shelves/*", "a b"] {
            assert!(ParentPattern::parse(text).is_err(), "{text}");
        }
    }
}
