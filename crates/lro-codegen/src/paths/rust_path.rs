//! Paths of Rust that users configure, as text.

use crate::ident::escape;

/// Whether a path begins at the root of a crate, so that it means the same in every module.
pub(crate) fn is_rooted(path: &str) -> bool {
    path.starts_with("::") || path.starts_with("crate::")
}

/// A path as it stands in code: segments that are keywords are raw there, whether the user wrote them so or not.
pub(crate) fn in_code(rust: &str) -> String {
    let escaped = |(index, segment): (usize, &str)| match escape(segment.to_owned()) {
        escaped if escaped.starts_with("r#") && !(index == 0 && segment == "crate") => escaped,
        _ => segment.to_owned(),
    };
    rust.split("::").enumerate().map(escaped).collect::<Vec<_>>().join("::")
}

/// An external path as prost-build wants it: it escapes the segments of modules by itself and would do it twice, but takes types as they are.
pub(crate) fn for_prost(path: &str) -> String {
    let names_type = path
        .rsplit("::")
        .next()
        .is_some_and(|last| !last.starts_with("r#") && !last.starts_with(char::is_lowercase));
    if names_type { path.to_owned() } else { path.split("::").map(unescaped).collect::<Vec<_>>().join("::") }
}

/// A segment without the mark of raw identifiers.
pub(crate) fn unescaped(segment: &str) -> &str {
    segment.strip_prefix("r#").unwrap_or(segment)
}
