//! References to elements of a proto, as AIP-192 writes them: `[Book][example.v1.Book]`, `[the book][example.v1.Book]`, `[Book][]`.

use super::Resolve;

/// A reference at the start of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'a> {
    /// What it shows: a name, or words.
    text: &'a str,
    /// The element it names, in full or relative to where it stands.
    target: &'a str,
    /// How many bytes of the text it takes.
    pub(super) length: usize,
    /// Whether its form alone tells it from two pairs of brackets.
    certain: bool,
}

impl<'a> Reference<'a> {
    /// Reads the reference at the start of `rest`, which begins with a bracket. What directly follows a word (`after_word`) may be an index instead.
    pub(super) fn read(rest: &'a str, after_word: bool) -> Option<Self> {
        // The first mark of any kind has to be the one that closes the text.
        let close = 1 + rest[1..].find(['[', ']', '<', '\\'])?;
        let text = rest[1..close].trim();
        let after = rest[close..].strip_prefix(']')?;
        let gap = after.len() - after.trim_start_matches(' ').len();
        let inner = after[gap..].strip_prefix('[')?;
        let end = inner.find([']', '['])?;
        let length = close + 1 + gap + 1 + end + 1;
        let (target, named) = match inner[..end].trim() {
            "" => (code(text), false),
            target => (target, true),
        };
        let certain = named && target.contains('.');
        let plausible = certain || (gap == 0 && !after_word);
        (inner[end..].starts_with(']') && !text.is_empty() && is_path(target) && plausible).then_some(Self {
            text,
            target,
            length,
            certain: certain || !named,
        })
    }

    /// Makes the link that stands for the reference. Returns `None` if it turns out not to be a reference.
    pub(super) fn link(self, resolve: Resolve<'_>) -> Option<Link<'a>> {
        let path = resolve(self.target).filter(|_| !self.text.contains("://"));
        if path.is_none() && !self.certain {
            return None;
        }
        let name = code(self.text);
        let label = if is_path(name) { Label::Name(name) } else { Label::Words(self.text) };
        let Some(path) = path else { return Some(Link::Nowhere(label)) };
        let bare: String = self.text.chars().filter(|letter| !matches!(letter, '`' | '*' | '_')).collect();
        Some(if name == path || bare == path { Link::Short(path) } else { Link::Long(label, path) })
    }
}

/// Where a reference leads, and what it shows.
#[derive(Debug)]
pub(super) enum Link<'a> {
    /// To nothing, because the element is not generated here. Only the label is printed.
    Nowhere(Label<'a>),
    /// To the item with this path, which is also the label, with marks or without. rustdoc wants the short form for such links.
    Short(String),
    /// To the item with this path.
    Long(Label<'a>, String),
}

/// What a reference shows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Label<'a> {
    /// The name of an element.
    Name(&'a str),
    /// Running text, not escaped yet.
    Words(&'a str),
}

/// What a code span holds, or the text itself.
fn code(text: &str) -> &str {
    text.strip_prefix('`').and_then(|text| text.strip_suffix('`')).unwrap_or(text)
}

/// Whether a text is a name with or without dots; one dot may come first.
fn is_path(text: &str) -> bool {
    text.strip_prefix('.').unwrap_or(text).split('.').all(|name| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
