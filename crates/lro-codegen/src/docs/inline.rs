//! One line of running text: what Markdown and rustdoc would act on by accident becomes text.

use super::Resolve;
use super::reference::Reference;

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
        if let Some((place, after_reference)) = previous
            && (after_reference || is_reference)
        {
            separate(&mut out, &token.kind, after_reference, &text[..place], &text[place..start]);
        }
        previous = Some((start, is_reference));
        match token.kind {
            Kind::Verbatim(kept) => out.push_str(kept),
            Kind::Escaped(letters) => out.extend(letters.chars().flat_map(|letter| ['\\', letter])),
            Kind::Url(url) => out.extend(["<", url, ">"]),
            Kind::Reference(markdown) => out.push_str(&markdown),
        }
    }
    out
}

/// Keeps what is next to a reference from becoming a part of its link: Markdown takes what directly follows a link in brackets for its
/// target, a colon after the first one of a line for a definition, and an exclamation mark for the sign of an image.
///
/// `last` is the part of the line that `out` ends with, and `before` all that is before that.
fn separate(out: &mut String, next: &Kind<'_>, after_reference: bool, before: &str, last: &str) {
    let next = match next {
        Kind::Verbatim(text) => text,
        Kind::Reference(markdown) => markdown.as_str(),
        Kind::Escaped(_) | Kind::Url(_) => return,
    };
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

/// The parts of a line, each with the place where it begins.
fn tokens<'a>(text: &'a str, resolve: Resolve<'a>) -> impl Iterator<Item = (usize, Token<'a>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let letter = text[at..].chars().next()?;
        let start = at;
        let token = Token::read(&text[..start], &text[start..], letter, resolve);
        at += token.length;
        Some((start, token))
    })
}

struct Token<'a> {
    length: usize,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Verbatim(&'a str),
    /// Text in which every letter has to be escaped.
    Escaped(&'a str),
    Url(&'a str),
    /// A reference to an element of the proto, as Markdown.
    Reference(String),
}

impl<'a> Token<'a> {
    fn read(before: &str, rest: &'a str, letter: char, resolve: Resolve<'_>) -> Self {
        let verbatim = |length: usize| Self { length, kind: Kind::Verbatim(&rest[..length]) };
        let escaped_run = |length: usize| Self { length, kind: Kind::Escaped(&rest[..length]) };
        let escaped = || escaped_run(letter.len_utf8());
        match letter {
            '\\' => match rest[1..].chars().next() {
                Some(next) if next.is_ascii_punctuation() => verbatim(2),
                _ => escaped(),
            },
            // Markdown takes a run of backticks as one: where it closes nothing, no part of it does.
            '`' => code_span(rest).map_or_else(|| escaped_run(run_of_backticks(rest)), verbatim),
            '[' => web_link(rest)
                .map(verbatim)
                .or_else(|| Self::reference(before, rest, resolve))
                .unwrap_or_else(escaped),
            '<' => match url(&rest[1..]).and_then(|_| {
                rest[1..].find(|end: char| matches!(end, '<' | '>' | '|') || end.is_whitespace())
            }) {
                Some(end) if rest[1 + end..].starts_with('>') => {
                    Self { length: end + 2, kind: Kind::Url(&rest[1..=end]) }
                }
                _ => escaped(),
            },
            ']' => escaped(),
            'h' => {
                url(rest).map_or_else(|| verbatim(1), |url| Self { length: url.len(), kind: Kind::Url(url) })
            }
            _ => verbatim(letter.len_utf8()),
        }
    }

    fn reference(before: &str, rest: &'a str, resolve: Resolve<'_>) -> Option<Self> {
        let after_word =
            before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ']' | ')'));
        let reference = Reference::read(rest, after_word)?;
        Some(Self { length: reference.length, kind: Kind::Reference(reference.render(resolve)?) })
    }
}

/// The most backticks that are looked for again: each length that is not found costs a look through the rest of the line.
const LONGEST_RUN: usize = 8;

fn run_of_backticks(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

/// The length of the code span at the start of `text`, if it is closed on the same line.
fn code_span(text: &str) -> Option<usize> {
    let ticks = run_of_backticks(text);
    if ticks > LONGEST_RUN {
        return None;
    }
    let fence = &text[..ticks];
    let mut from = ticks;
    loop {
        let start = from + text[from..].find(fence)?;
        let run = run_of_backticks(&text[start..]);
        if run == ticks {
            return Some(start + run);
        }
        from = start + run;
    }
}

/// The length of `[text](https://…)` at the start of `text`; the text must be free of further markup.
fn web_link(text: &str) -> Option<usize> {
    // The first mark of any kind has to be the one that closes the text, or this is no plain link.
    let close = 1 + text[1..].find(['[', ']', '<', '`', '\\'])?;
    let target = text[close..].strip_prefix("](")?;
    let url = url(target)?;
    target[url.len()..].starts_with(')').then_some(close + 2 + url.len() + 1)
}

/// The URL at the start of `text`, without the punctuation of the sentence around it.
fn url(text: &str) -> Option<&str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let scheme = text.len() - host.len();
    let end = host
        .find(|letter: char| {
            letter.is_whitespace()
                || matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | '`' | '"' | '\\' | '{' | '}' | '|')
        })
        .unwrap_or(host.len());
    let trimmed = host[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    (!trimmed.is_empty()).then(|| &text[..scheme + trimmed.len()])
}
