//! Source code as tokens that know where their brackets close.
//!
//! Only what generators write is known here; anything else ends it, and with it the quick way.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A whole number.
    Number,
    /// A string literal, of letters (raw or not) or of bytes, with its quotation marks. Its lines end with backslashes.
    Text,
    /// `'a`.
    Lifetime,
    /// A doc comment before an item, with its slashes.
    Doc,
    /// `::`, `->` and `=>` as one; of all others one character.
    Punctuation,
    Open,
    Close,
    /// What comes after the last token.
    End,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// For a bracket that opens, the position of the one that closes it.
    pub(super) close: usize,
}

/// The tokens of a piece of code, and one for its end; nothing if there is anything in it that is not known here.
pub(super) fn tokens(code: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::with_capacity(code.len() / 6);
    let mut open = Vec::new();
    let mut rest = code;
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        if let Some(comment) = rest.strip_prefix("//") {
            let length = comment.find('\n').unwrap_or(comment.len());
            let (line, after) = comment.split_at(length);
            if line.starts_with('!') || line.contains('\r') {
                return None;
            }
            if line.starts_with('/') && !line.starts_with("//") {
                tokens.push(Token { kind: Kind::Doc, text: &rest[..2 + length], close: 0 });
            }
            rest = after;
            continue;
        }
        let (kind, length) = token(rest)?;
        let text = &rest[..length];
        match kind {
            Kind::Open => open.push(tokens.len()),
            Kind::Close => {
                let opening: usize = open.pop()?;
                if !matches!((tokens.get(opening)?.text, text), ("(", ")") | ("[", "]") | ("{", "}")) {
                    return None;
                }
                let close = tokens.len();
                tokens.get_mut(opening)?.close = close;
            }
            _ => {}
        }
        tokens.push(Token { kind, text, close: 0 });
        rest = &rest[length..];
    }
    tokens.push(Token { kind: Kind::End, text: "", close: 0 });
    open.is_empty().then_some(tokens)
}

/// The token that some code begins with, and its length.
fn token(code: &str) -> Option<(Kind, usize)> {
    let first = *code.as_bytes().first()?;
    Some(match first {
        b'r' if code.starts_with("r\"") => (Kind::Text, 2 + raw_text(&code[2..])?),
        b'r' if code.starts_with("r#") => (Kind::Word, 2 + word(&code[2..])?),
        b'b' if code.starts_with("b\"") => (Kind::Text, 1 + bytes(&code[1..])?),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (Kind::Word, word(code)?),
        b'0'..=b'9' => (Kind::Number, word(code)?),
        b'"' => (Kind::Text, text(code)?),
        b'\'' => (Kind::Lifetime, lifetime(code)?),
        b'(' | b'[' | b'{' => (Kind::Open, 1),
        b')' | b']' | b'}' => (Kind::Close, 1),
        _ if ["::", "->", "=>"].iter().any(|joined| code.starts_with(joined)) => (Kind::Punctuation, 2),
        _ if first.is_ascii_punctuation() && !code.starts_with("/*") => (Kind::Punctuation, 1),
        _ => return None,
    })
}

/// The length of a word; nothing where it is the beginning of something else, as in `b'a'`, `c"text"` or `1.5`.
fn word(code: &str) -> Option<usize> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let length = code.bytes().take_while(|byte| is_part(*byte)).count();
    let next = code.as_bytes().get(length);
    let goes_on = next.is_some_and(|next| matches!(next, b'"' | b'\'' | b'#') || !next.is_ascii());
    (length > 0 && !goes_on).then_some(length)
}

fn text(code: &str) -> Option<usize> {
    let mut bytes = code.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => {
                bytes.next().filter(|(_, escaped)| *escaped != b'\r')?;
            }
            _ => {}
        }
    }
    None
}

/// The length of a text of bytes, after the letter that says so.
fn bytes(code: &str) -> Option<usize> {
    let length = text(code)?;
    code[..length].is_ascii().then_some(length)
}

/// The length of what follows the quotation mark that begins a raw text, with the one that ends it.
fn raw_text(code: &str) -> Option<usize> {
    let length = code.find('"')?;
    (!code[..length].contains(['\n', '\r'])).then_some(length + 1)
}

/// The length of a lifetime; nothing for the literal of a character.
fn lifetime(code: &str) -> Option<usize> {
    let length = 1 + word(&code[1..])?;
    (!code[1..].starts_with(|first: char| first.is_ascii_digit())).then_some(length)
}
