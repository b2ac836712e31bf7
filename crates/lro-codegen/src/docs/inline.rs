//! One line of running text: what Markdown and rustdoc would act on by accident becomes text.

/// Escapes one line of running text: code spans, URLs and links to the web stay, everything else that Markdown or rustdoc would act on is text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // What quotes could hold is code again, so a quote is text with its mark.
    if text.starts_with('>') {
        out.push('\\');
    }
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let token = Token::read(rest, letter);
        rest = &rest[token.length..];
        match token.kind {
            Kind::Verbatim(kept) => out.push_str(kept),
            Kind::Escaped(letters) => out.extend(letters.chars().flat_map(|letter| ['\\', letter])),
            Kind::Url(url) => out.extend(["<", url, ">"]),
            Kind::Reference(name) => out.extend(["`", name, "`"]),
        }
    }
    out
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
    /// A reference to an element of the proto, as AIP-192 writes them: `[Book][example.v1.Book]`.
    Reference(&'a str),
}

impl<'a> Token<'a> {
    fn read(rest: &'a str, letter: char) -> Self {
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
            '[' => web_link(rest).map_or_else(
                || {
                    reference(rest)
                        .map_or_else(escaped, |(name, length)| Self { length, kind: Kind::Reference(name) })
                },
                verbatim,
            ),
            '<' => match url(&rest[1..])
                .and_then(|_| rest[1..].find(|end: char| matches!(end, '<' | '>') || end.is_whitespace()))
            {
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
                || matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | '`' | '"' | '\\' | '{' | '}')
        })
        .unwrap_or(host.len());
    let trimmed = host[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    (!trimmed.is_empty()).then(|| &text[..scheme + trimmed.len()])
}

/// The shown name and the length of `[Name][full.Name]` at the start of `text`.
fn reference(text: &str) -> Option<(&str, usize)> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'))
    };
    let name = &text[1..=text[1..].find([']', '[', ' '])?];
    let rest = text[1 + name.len()..].strip_prefix("][")?;
    let target = &rest[..rest.find([']', '[', ' '])?];
    (rest[target.len()..].starts_with(']') && is_name(name) && is_name(target))
        .then_some((name, 1 + name.len() + 2 + target.len() + 1))
}
