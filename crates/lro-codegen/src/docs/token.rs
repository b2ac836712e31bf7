//! The parts of one line of running text: code, links to the web, references, single marks, and the text between them.

use super::Resolve;
use super::reference::{Link, Reference};

/// The parts of a line, each with the place where it begins.
pub(super) fn tokens<'a>(text: &'a str, resolve: Resolve<'a>) -> impl Iterator<Item = (usize, Token<'a>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let letter = text[at..].chars().next()?;
        let start = at;
        let token = Token::read(&text[..start], &text[start..], letter, resolve);
        at += token.length;
        Some((start, token))
    })
}

/// One part of a line.
pub(super) struct Token<'a> {
    /// How many bytes of the line it takes.
    pub(super) length: usize,
    pub(super) kind: Kind<'a>,
}

/// What a part of a line is.
pub(super) enum Kind<'a> {
    /// Text that stays as it is.
    Verbatim(&'a str),
    /// Text in which every letter has to be escaped.
    Escaped(&'a str),
    Url(&'a str),
    /// A reference to an element of the proto.
    Reference(Link<'a>),
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
        Some(Self { length: reference.length, kind: Kind::Reference(reference.link(resolve)?) })
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
