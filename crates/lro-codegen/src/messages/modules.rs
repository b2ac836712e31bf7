//! The modules that prost-build puts nested types into.

use std::borrow::Cow;

use crate::ident::snake;

/// What clippy says where a module is called as the one around it.
const ALLOW: &str = "#[allow(clippy::module_inception)]\n";

/// How prost-build begins a module, and how deep it indents what is in one.
const BEGIN: &str = "pub mod ";
const INDENT: usize = 4;

/// Allows modules that are called as one around them, which clippy takes for a mistake.
///
/// Users name the module that they include a package in after a part of the package.
pub(super) fn allow_repeated_names<'c>(package: &str, code: &'c str) -> Cow<'c, str> {
    let segments: Vec<String> = package.split('.').map(snake).collect();
    // The names of the modules around a line, and where the outermost of them begins.
    let (mut around, mut outermost): (Vec<&str>, usize) = (Vec::new(), 0);
    let mut places = Vec::new();
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        let text = line.trim_start_matches(' ');
        if let Some(name) = text.strip_prefix(BEGIN).and_then(|rest| rest.trim_end().strip_suffix(" {")) {
            around.truncate((line.len() - text.len()) / INDENT);
            if around.is_empty() {
                outermost = at;
            }
            let repeats = match around.last() {
                Some(outer) => *outer == name,
                None => segments.iter().any(|segment| segment == name),
            };
            if repeats && places.last() != Some(&outermost) {
                places.push(outermost);
            }
            around.push(name);
        }
        at += line.len();
    }
    if places.is_empty() {
        return Cow::Borrowed(code);
    }
    let mut allowed = String::with_capacity(code.len() + places.len() * ALLOW.len());
    let mut from = 0;
    for place in places {
        allowed.push_str(&code[from..place]);
        allowed.push_str(ALLOW);
        from = place;
    }
    allowed.push_str(&code[from..]);
    Cow::Owned(allowed)
}
