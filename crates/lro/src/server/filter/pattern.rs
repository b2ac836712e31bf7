//! A text to be equal to, in which `*` may stand for any characters.

use super::tree::Literal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    stars: Vec<usize>,
}

impl Pattern {
    pub(super) fn new(literal: &Literal) -> Self {
        Self { text: literal.text.clone(), stars: literal.stars.clone() }
    }

    /// The text as it was written, its wildcards included.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The one text that it matches, if it has no wildcard.
    pub(super) fn as_exact(&self) -> Option<&str> {
        self.stars.is_empty().then_some(self.text.as_str())
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.stars.first(), self.stars.last()) else {
            return self.text == text;
        };
        let Some(rest) = text.strip_prefix(&self.text[..*first]) else { return false };
        let Some(mut rest) = rest.strip_suffix(&self.text[last + 1..]) else { return false };
        // Taking the first place of each part leaves the most for those that follow.
        self.stars.windows(2).all(|pair| {
            let part = &self.text[pair[0] + 1..pair[1]];
            match rest.find(part) {
                Some(at) => {
                    rest = &rest[at + part.len()..];
                    true
                }
                None => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, matches) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*.foo", "a.foo", true),
            ("*.foo", ".foo", true),
            ("*.foo", "a.foo.b", false),
            ("foo*", "foo", true),
            ("foo*", "afoo", false),
            ("*foo*", "a foo b", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("aa*aa", "aaa", false),
            ("aa*aa", "aaaa", true),
            ("**", "é", true),
        ] {
            let stars = pattern.match_indices('*').map(|(at, _)| at).collect();
            let literal = Literal { text: pattern.to_owned(), stars, ..Literal::default() };
            assert_eq!(Pattern::new(&literal).matches(text), matches, "{pattern} {text}");
        }
    }
}
