//! References to elements of a proto, as AIP-192 writes them: `[Book][example.v1.Book]`, `[the book][example.v1.Book]`, `[Book][]`.

use super::Resolve;
use super::inline;

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

    /// As Markdown: a link where the element is generated here, else its text. Nothing, if it turns out not to be a reference.
    pub(super) fn render(self, resolve: Resolve<'_>) -> Option<String> {
        let path = resolve(self.target).filter(|_| !self.text.contains("://"));
        if path.is_none() && !self.certain {
            return None;
        }
        let name = code(self.text);
        let Some(path) = path else {
            return Some(if is_path(name) {
                format!("`{name}`")
            } else {
                inline::escape(self.text, &|_| None)
            });
        };
        // rustdoc wants links whose text is their target in the short form, with marks or without.
        let bare: String = self.text.chars().filter(|letter| !matches!(letter, '`' | '*' | '_')).collect();
        Some(if name == path || bare == path {
            format!("[`{path}`]")
        } else if is_path(name) {
            format!("[`{name}`]({path})")
        } else {
            format!("[{}]({path})", inline::escape(self.text, &|_| None))
        })
    }
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
