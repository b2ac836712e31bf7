//! What is wrong with a filter, and where.

/// Why a filter is refused. The text says at which character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct FilterError {
    /// The byte that the fault is at.
    pub(super) at: usize,
    pub(super) message: String,
    /// A name is not known; what is meant may be known elsewhere.
    pub(super) is_unknown: bool,
}

impl FilterError {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), is_unknown: false }
    }

    /// A field that is not there, beside those that are.
    pub(super) fn unknown<'a>(
        at: usize,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let near = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let message = format!("{what} has no field {}{near}", quote(name));
        Self { at, message, is_unknown: true }
    }

    /// The message, with the place in the filter that it is about: the number of a character, from 1.
    pub(in crate::server) fn describe(&self, filter: &str) -> String {
        let before = filter.get(..self.at).unwrap_or(filter);
        format!("at character {}: {}", before.chars().count() + 1, self.message)
    }
}

/// The name that someone most likely meant.
pub(super) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer names are not compared: that takes the product of the lengths.
    const LONGEST: usize = 64;
    const ALIKE: f64 = 0.8;
    if wanted.len() > LONGEST {
        return None;
    }
    let wanted = wanted.to_ascii_lowercase();
    let likeness = |name: &&str| strsim::jaro_winkler(&wanted, &name.to_ascii_lowercase());
    let alike = known.into_iter().filter(|name| name.len() <= LONGEST);
    let best = alike.map(|name| (likeness(&name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, name)| name)
}

/// A text in quotes, cut where it is long, so that an answer cannot be blown up from outside.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 64;
    let start: String = text.chars().take(LONGEST).collect();
    let rest = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_number_of_a_character() {
        let error = FilterError::new(4, "is wrong");
        assert_eq!(error.describe("éé = 1"), "at character 3: is wrong");
        assert_eq!(FilterError::new(99, "ends").describe("ab"), "at character 3: ends");
    }

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        let known = ["create_time", "update_time", "name"];
        assert_eq!(nearest("creat_time", known), Some("create_time"));
        assert_eq!(nearest("CREATE_TIME", known), Some("create_time"));
        assert_eq!(nearest("pages", known), None);
        assert_eq!(nearest(&"create_time".repeat(100), known), None);
    }

    #[test]
    fn what_is_quoted_is_short() {
        assert!(quote(&"\u{85}".repeat(5_000)).len() < 500);
    }
}
