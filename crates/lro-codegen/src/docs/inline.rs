//! One line of running text: what Markdown and rustdoc would act on by accident is escaped.

use std::borrow::Cow;

use super::Resolve;
use super::reference::{Label, Link};
use super::token::{Kind, tokens};

/// Escapes one line of running text: code spans, URLs and links to the web stay, references to elements that are generated become links,
/// everything else that Markdown or rustdoc would act on is text.
pub(super) fn escape(text: &str, resolve: Resolve<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // What quotes could hold is code again, so a quote is text with its mark.
    if text.starts_with('>') {
        out.push('\\');
    }
    let mut previous = None;
    for (start, token) in tokens(text, resolve) {
        let is_reference = matches!(token.kind, Kind::Reference(_));
        let next = markdown(token.kind);
        if let Some((place, after_reference)) = previous
            && (after_reference || is_reference)
        {
            separate(&mut out, &next, after_reference, &text[..place], &text[place..start]);
        }
        previous = Some((start, is_reference));
        out.push_str(&next);
    }
    out
}

/// Writes a token as Markdown.
fn markdown(token: Kind<'_>) -> Cow<'_, str> {
    match token {
        Kind::Verbatim(kept) => Cow::Borrowed(kept),
        Kind::Escaped(letters) => letters.chars().flat_map(|letter| ['\\', letter]).collect(),
        Kind::Url(url) => Cow::Owned(format!("<{url}>")),
        Kind::Reference(Link::Nowhere(shown)) => Cow::Owned(label(shown)),
        Kind::Reference(Link::Short(path)) => Cow::Owned(format!("[`{path}`]")),
        Kind::Reference(Link::Long(shown, path)) => Cow::Owned(format!("[{}]({path})", label(shown))),
    }
}

fn label(shown: Label<'_>) -> String {
    match shown {
        Label::Name(name) => format!("`{name}`"),
        Label::Words(words) => escape(words, &|_| None),
    }
}

/// Keeps what is next to a reference from becoming a part of its link: Markdown takes what directly follows a link in brackets for its
/// target, a colon after the first one of a line for a definition, and an exclamation mark for the sign of an image.
///
/// `last` is the part of the line that `out` ends with, and `before` all that is before that.
fn separate(out: &mut String, next: &str, after_reference: bool, before: &str, last: &str) {
    match (out.chars().next_back(), next.chars().next()) {
        (Some('`'), Some('`')) => out.push(' '),
        (Some(']'), Some('[')) if after_reference => out.push(' '),
        (Some(']'), Some('(')) if after_reference => out.push('\\'),
        (Some(']'), Some(':')) if after_reference && !before.contains(char::is_alphabetic) => out.push('\\'),
        (Some('!'), Some('[')) if last == "!" => out.insert(out.len() - 1, '\\'),
        _ => {}
    }
}

/// The row of a table, with the bars in its code spans escaped: a table is cut into cells before anything else is read.
pub(super) fn keep_bars_in_code(row: &str) -> String {
    let mut kept = String::with_capacity(row.len() + 8);
    for (start, token) in tokens(row, &|_| None) {
        let text = &row[start..start + token.length];
        if text.contains('`') {
            kept.push_str(&text.replace("\\|", "|").replace('|', "\\|"));
        } else {
            kept.push_str(text);
        }
    }
    kept
}

/// Whether a text has marks that stand for themselves in it, and might not together with the lines around it.
pub(super) fn is_open(text: &str) -> bool {
    // Most lines have no such mark at all.
    text.contains(['`', '[', ']'])
        && tokens(text, &|_| None)
            .any(|(_, token)| matches!(token.kind, Kind::Escaped(mark) if mark.starts_with(['`', '[', ']'])))
}

/// Whether code, a link or a reference goes on beyond a place in a text.
pub(super) fn continues(text: &str, place: usize) -> bool {
    tokens(text, &|_| None)
        .take_while(|(start, _)| *start < place)
        .last()
        .is_some_and(|(start, token)| start + token.length > place)
}
