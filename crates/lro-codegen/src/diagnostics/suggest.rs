//! What someone most likely meant.

/// How much alike two names are at least, for one to be taken for the other.
const ALIKE: f64 = 0.8;

/// Longer names are like nothing: comparing takes as many steps as the lengths multiplied.
const LONGEST: usize = 512;

/// The name that is most like `wanted`, if one is like it at all.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_by(wanted, names, |name| name)
}

/// The item whose name is most like `wanted`, if one is like it at all.
pub(crate) fn nearest_by<'a, T: Copy>(
    wanted: &str,
    items: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'a str,
) -> Option<T> {
    items
        .into_iter()
        .map(|item| (likeness(wanted, name(item)), item))
        .filter(|(score, _)| *score > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, item)| item)
}

/// How much alike two names are, from 0 to 1.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    if a.len().max(b.len()) > LONGEST { 0.0 } else { strsim::jaro_winkler(a, b) }
}
