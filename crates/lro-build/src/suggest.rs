//! What someone most likely meant.

/// How much alike two names are at least, for one to be taken for the other.
const ALIKE: f64 = 0.8;

/// The name that is most like `wanted`, if one is like it at all.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names that begin alike are easily alike. Of these, the one with the fewest letters to change is it.
    names
        .into_iter()
        .filter(|name| strsim::jaro_winkler(wanted, name) > ALIKE)
        .min_by_key(|name| strsim::damerau_levenshtein(wanted, name))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_name_with_the_fewest_changes_is_meant() {
        assert_eq!(nearest("httpbdy", ["http", "httpbody", "client"]), Some("httpbody"));
        assert_eq!(nearest("Itm", ["Order", "Item"]), Some("Item"));
        assert_eq!(nearest("Order", ["Item", "Cart"]), None);
    }
}
