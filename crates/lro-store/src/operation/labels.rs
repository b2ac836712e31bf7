//! Small texts that travel with an operation.

use std::sync::Arc;

/// A few small texts by key that an operation keeps for as long as it exists, such as the trace that it was
/// started in or the tenant it works for. Handlers read them; nothing in a store acts on them.
///
/// ```
/// use lro_store::Labels;
///
/// let labels = Labels::new().with("tenant", "acme")?;
/// assert_eq!(labels.get("tenant"), Some("acme"));
/// # Ok::<(), lro_store::InvalidLabel>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Labels(Option<Arc<Vec<Label>>>);

/// A key and its value.
type Label = (Box<str>, Box<str>);

impl Labels {
    /// The most labels of one operation.
    pub const MAX_COUNT: usize = 32;

    /// The longest key, in bytes.
    pub const MAX_KEY_LEN: usize = 64;

    /// The longest value, in bytes.
    pub const MAX_VALUE_LEN: usize = 1_024;

    /// No labels.
    pub const fn new() -> Self {
        Self(None)
    }

    /// These labels and one more, or another value for a key that is there.
    ///
    /// # Errors
    /// When the key is empty, the key or the value is too long or has control characters, or there are
    /// [`Labels::MAX_COUNT`] others.
    pub fn with(mut self, key: &str, value: &str) -> Result<Self, InvalidLabel> {
        let fits = |text: &str, longest| text.len() <= longest && !text.contains(char::is_control);
        if key.is_empty() || !fits(key, Self::MAX_KEY_LEN) {
            return Err(InvalidLabel(Fault::Key { length: key.len() }));
        }
        if !fits(value, Self::MAX_VALUE_LEN) {
            return Err(InvalidLabel(Fault::Value { key: key.to_owned(), length: value.len() }));
        }
        let labels = Arc::make_mut(self.0.get_or_insert_default());
        match labels.binary_search_by(|(known, _)| (**known).cmp(key)) {
            Ok(at) => labels[at].1 = value.into(),
            Err(_) if labels.len() == Self::MAX_COUNT => return Err(InvalidLabel(Fault::Count)),
            Err(at) => labels.insert(at, (key.into(), value.into())),
        }
        Ok(self)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Keys and values, by key in byte order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|labels| labels.iter()).map(|(key, value)| (&**key, &**value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|labels| labels.is_empty())
    }

    /// How many bytes a store keeps for them.
    pub fn size(&self) -> usize {
        self.iter().map(|(key, value)| key.len() + value.len()).sum()
    }
}

/// Why a label cannot be kept. The message says which limit it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidLabel(Fault);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error(
        "the key of a label has 1 to {} bytes and no control characters; this one has {length} bytes",
        Labels::MAX_KEY_LEN
    )]
    Key { length: usize },
    #[error(
        "the value of a label has at most {} bytes and no control characters; that of `{key}` has {length} bytes",
        Labels::MAX_VALUE_LEN
    )]
    Value { key: String, length: usize },
    #[error("an operation has at most {} labels", Labels::MAX_COUNT)]
    Count,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_key_counts_and_keys_are_in_order() {
        let labels = Labels::new().with("b", "1").unwrap().with("a", "2").unwrap().with("b", "3").unwrap();
        assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!((labels.get("b"), labels.get("c"), labels.size()), (Some("3"), None, 4));
        assert!(Labels::new().is_empty() && !labels.is_empty());
    }

    #[test]
    fn labels_are_few_small_and_printable() {
        let mut labels = Labels::new();
        for number in 0..Labels::MAX_COUNT {
            labels = labels.with(&number.to_string(), "").unwrap();
        }
        labels.clone().with("0", "another value").unwrap();
        assert!(labels.with("one more", "").is_err());
        for (key, value) in [
            ("", ""),
            ("a\0", ""),
            (&*"k".repeat(Labels::MAX_KEY_LEN + 1), ""),
            ("k", "a\nb"),
            ("k", &*"v".repeat(Labels::MAX_VALUE_LEN + 1)),
        ] {
            assert!(Labels::new().with(key, value).is_err(), "{key:?} {value:?}");
        }
    }
}
