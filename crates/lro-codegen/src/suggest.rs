//! What someone most likely meant.

/// How much alike two names are at least, for one to be taken for the other.
const ALIKE: f64 = 0.8;

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
        .map(|item| (strsim::jaro_winkler(wanted, name(item)), item))
        .filter(|(score, _)| *score > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, item)| item)
}
