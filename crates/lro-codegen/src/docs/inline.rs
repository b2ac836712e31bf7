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
            Kind::Escaped(letter) => out.extend(['\\', letter]),
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
    Escaped(char),
    Url(&'a str),
    /// A reference to an element of the proto, as AIP-192 writes them: `[Book][example.v1.Book]`.
    Reference(&'a str),
}

impl<'a> Token<'a> {
    fn read(rest: &'a str, letter: char) -> Self {
        let verbatim = |length: usize| Self { length, kind: Kind::Verbatim(&rest[..length]) };
        let escaped = || Self { length: letter.len_utf8(), kind: Kind::Escaped(letter) };
        match letter {
            '\\' => match rest[1..].chars().next() {
                Some(next) if next.is_ascii_punctuation() => verbatim(2),
                _ => escaped(),
            },
            '`' => code_span(rest).map_or_else(escaped, verbatim),
            '[' => web_link(rest).map_or_else(
                || {
                    reference(rest)
                        .map_or_else(escaped, |(name, length)| Self { length, kind: Kind::Reference(name) })
                },
                verbatim,
            ),
            '<' => match rest[1..].find('>').filter(|_| url(&rest[1..]).is_some()) {
                Some(end) if !rest[1..=end].contains(char::is_whitespace) => {
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

/// The length of the code span at the start of `text`, if it is closed on the same line.
fn code_span(text: &str) -> Option<usize> {
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    let fence = &text[..ticks];
    let mut from = ticks;
    loop {
        let start = from + text[from..].find(fence)?;
        let run = text[start..].bytes().take_while(|byte| *byte == b'`').count();
        if run == ticks {
            return Some(start + run);
        }
        from = start + run;
    }
}

/// The length of `[text](https://…)` at the start of `text`; the text must be free of further markup.
fn web_link(text: &str) -> Option<usize> {
    let close = text.find("](")?;
    let target = &text[close + 2..];
    let end = target.find(')')?;
    let plain = !text[1..close].contains(['[', ']', '<', '`', '\\']);
    (plain && url(target).is_some_and(|url| url.len() == end)).then_some(close + 2 + end + 1)
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
    let (name, rest) = text[1..].split_once("][")?;
    let (target, _) = rest.split_once(']')?;
    (is_name(name) && is_name(target)).then_some((name, 1 + name.len() + 2 + target.len() + 1))
}
