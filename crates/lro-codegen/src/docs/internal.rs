//! Comments inside comments, which are not for the public.
//!
//! AIP-192 sets what a producer says to its own people, to its linter for instance, apart as `(-- … --)`, over as many lines as it takes.

use std::borrow::Cow;

const START: &str = "(--";
const END: &str = "--)";

/// `comment` without its internal comments, and without the lines that held nothing else.
///
/// One that nobody closes stays: what looks like its start may be text, as in `(--verbose)`.
pub(super) fn strip(comment: &str) -> Cow<'_, str> {
    let Some(mut found) = next(comment) else { return Cow::Borrowed(comment) };
    let (mut public, mut rest) = (String::with_capacity(comment.len()), comment);
    loop {
        public.push_str(&rest[..found.start]);
        rest = &rest[found.end..];
        drop_empty_line(&mut public, &mut rest);
        match next(rest) {
            Some(another) => found = another,
            None => break,
        }
    }
    public.push_str(rest);
    Cow::Owned(public)
}

/// Where the first internal comment stands.
fn next(text: &str) -> Option<std::ops::Range<usize>> {
    let opens =
        |at: &usize| text[at + START.len()..].starts_with(|next: char| next.is_whitespace() || next == '-');
    let start = text.match_indices(START).map(|(at, _)| at).find(opens)?;
    let after = start + START.len();
    let end = after + text[after..].find(END)? + END.len();
    Some(start..end)
}

/// Takes the line away on which an internal comment stood alone, and one of two blank lines around it.
fn drop_empty_line(before: &mut String, after: &mut &str) {
    // Lines may be long and have many of these, so no more of a line is looked at than the blank around this one.
    let is_blank = |letter: char| letter != '\n' && letter.is_whitespace();
    let line = before.trim_end_matches(is_blank);
    let line_start = line.len();
    let rest = after.trim_start_matches(is_blank);
    if (line.is_empty() || line.ends_with('\n')) && (rest.is_empty() || rest.starts_with('\n')) {
        before.truncate(line_start);
        *after = rest.strip_prefix('\n').unwrap_or(rest);
        if before.ends_with("\n\n") {
            *after = after.strip_prefix('\n').unwrap_or(after);
        }
    }
}
