//! Proto comments as rustdoc.
//!
//! A proto comment is plain text with a habit of Markdown; rustdoc reads it as Markdown, runs its code blocks as tests, resolves its brackets
//! as links and warns about its tags. [`clean`] keeps what a reader of the proto sees and takes away what rustdoc would make of it.
//!
//! Code is what needs care, since all of it is a test unless it says otherwise. Four columns of indentation make code, so no line outside a
//! fence keeps more than three, and every fence that is opened says `text`.

mod inline;
mod internal;
mod links;
#[cfg(test)]
mod properties;
mod reference;
mod stash;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;

use self::inline::{continues, escape, is_open, keep_bars_in_code};
pub(crate) use self::links::{Links, Place};
pub(crate) use self::stash::Stash;

/// Finds the path of the Rust item that a reference in a comment leads to, as seen from where the comment is printed.
pub(crate) type Resolve<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The deepest indentation that never makes code.
const DEEPEST: usize = 3;

/// How many lines are looked at for the end of something that a line leaves open, and how many may become one that way.
const LOOK_AHEAD: usize = 2;
const MOST_JOINED: usize = 8;

/// The lines of a doc comment, each without its leading space; no blank lines at either end.
pub(crate) fn clean(comment: &str, resolve: Resolve<'_>) -> Vec<String> {
    let raw: Vec<String> = internal::strip(comment).lines().map(plain_line).collect();
    let margin = raw.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let raw: Vec<&str> = raw.iter().map(|line| line.get(margin..).unwrap_or_default()).collect();
    let mut cleaner = Cleaner {
        lines: Vec::with_capacity(raw.len()),
        block: Block::Text,
        list: false,
        table: raw.iter().any(|line| is_table_rule(line)),
        resolve,
    };
    let mut rest = raw.as_slice();
    while let [line, following @ ..] = rest {
        let joined = cleaner.line(line, following);
        rest = &following[joined..];
    }
    cleaner.finish()
}

/// Takes away what may not stand in a Rust comment: control characters, marks that change the direction of text, and the characters that
/// are set aside for a program's own use.
fn plain_line(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '\t' => plain.push_str("    "),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => {}
            letter if letter.is_control() => {}
            letter => plain.push(letter),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// `line` without its first `columns` columns, as far as these are blank.
fn outdent(line: &str, columns: usize) -> &str {
    &line[indent(line).min(columns)..]
}

/// What the current line is part of.
#[derive(Clone, PartialEq)]
enum Block {
    Text,
    /// A fence of the comment's own: the characters that close it, the columns its lines begin with, and how many of those are printed.
    Fence {
        close: String,
        columns: usize,
        depth: usize,
    },
    /// Indented lines, which rustdoc would take for a test. The line `start` is kept free for the fence that goes around them.
    Indented {
        start: usize,
    },
}

struct Cleaner<'a> {
    lines: Vec<String>,
    block: Block,
    /// Whether a list is open: its continuation lines are indented without being code.
    list: bool,
    /// Whether there is a table in the comment.
    table: bool,
    resolve: Resolve<'a>,
}

impl Cleaner<'_> {
    /// Adds a line, and says how many of those that follow became part of it.
    fn line(&mut self, line: &str, following: &[&str]) -> usize {
        match self.block.clone() {
            Block::Fence { close, columns, depth } => {
                let text = line.trim_start_matches(' ');
                if text.starts_with(&close) && text.trim_start_matches(&close[..1]).is_empty() {
                    self.push(depth, &close);
                    self.block = Block::Text;
                } else {
                    self.push(depth, outdent(line, columns));
                }
            }
            Block::Indented { .. } if line.is_empty() => self.push(0, ""),
            Block::Indented { .. } if indent(line) > DEEPEST => self.push(0, &line[DEEPEST + 1..]),
            Block::Indented { start } => {
                self.close_indented(start);
                return self.text_line(line, following);
            }
            Block::Text => return self.text_line(line, following),
        }
        0
    }

    fn text_line(&mut self, line: &str, following: &[&str]) -> usize {
        if line.is_empty() {
            self.push(0, "");
            return 0;
        }
        let after_blank = self.lines.last().is_none_or(String::is_empty);
        let text = line.trim_start_matches(' ');
        if indent(line) > DEEPEST && after_blank && !self.list && opening_fence(text).is_none() {
            self.block = Block::Indented { start: self.lines.len() };
            self.push(0, "");
            self.push(0, &line[DEEPEST + 1..]);
            return 0;
        }
        let (item, text) = list_items(text);
        self.list = !item.is_empty() || (self.list && (indent(line) > 0 || !after_blank));
        let depth = if self.list { indent(line).min(DEEPEST) } else { 0 };
        if let Some(close) = opening_fence(text) {
            self.push(depth, &format!("{item}{close}text"));
            self.block =
                Block::Fence { close, columns: indent(line) + item.len(), depth: depth + item.len() };
            return 0;
        }
        let (mut text, joined) = join(text, following);
        if self.table && text.contains('`') && text.contains('|') {
            text = Cow::Owned(keep_bars_in_code(&text));
        }
        self.push(depth, &(item + &escape(&text, self.resolve)));
        joined
    }

    fn push(&mut self, depth: usize, text: &str) {
        let depth = if text.is_empty() { 0 } else { depth };
        self.lines.push(format!("{}{text}", " ".repeat(depth)));
    }

    /// Puts a fence around the indented lines since `start`, longer than any that they hold.
    fn close_indented(&mut self, start: usize) {
        let longest =
            self.lines[start..].iter().map(|line| line.len() - line.trim_start_matches([' ', '`']).len());
        let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
        self.lines[start] = format!("{fence}text");
        let blank = self.lines.iter().rev().take_while(|line| line.is_empty()).count();
        self.lines.insert(self.lines.len() - blank, fence);
        self.block = Block::Text;
    }

    fn finish(mut self) -> Vec<String> {
        match self.block.clone() {
            Block::Text => {}
            Block::Fence { close, depth, .. } => self.push(depth, &close),
            Block::Indented { start } => self.close_indented(start),
        }
        let blank_end = self.lines.iter().rev().take_while(|line| line.is_empty()).count();
        self.lines.truncate(self.lines.len() - blank_end);
        let blank_start = self.lines.iter().take_while(|line| line.is_empty()).count();
        self.lines.drain(..blank_start);
        self.lines
    }
}

/// A line of running text with those that it cannot be read without, because code, a link or a reference goes on there; and how many these are.
fn join<'a>(text: &'a str, following: &[&str]) -> (Cow<'a, str>, usize) {
    let (mut whole, mut joined) = (Cow::Borrowed(text), 0);
    while joined < MOST_JOINED && is_open(&whole) && !starts_block(&whole) {
        let end = whole.len();
        let mut longer = whole.to_string();
        let mut closing = None;
        for (count, next) in (1..).zip(following[joined..].iter().take(LOOK_AHEAD)) {
            let next = next.trim_start_matches(' ');
            if next.is_empty() || starts_block(next) || !list_items(next).0.is_empty() {
                break;
            }
            longer.push(' ');
            longer.push_str(next);
            if is_open(next) && continues(&longer, end) {
                closing = Some(count);
                break;
            }
        }
        let Some(count) = closing else { break };
        joined += count;
        whole = Cow::Owned(longer);
    }
    (whole, joined)
}

/// Whether a line is more than running text by itself: a fence, a heading, a quote, the row of a table.
fn starts_block(text: &str) -> bool {
    text.starts_with(['#', '>', '|']) || opening_fence(text).is_some()
}

/// Whether a line is the rule between the head of a table and its rows.
fn is_table_rule(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
}

/// The fence that a line opens, three characters long or more.
fn opening_fence(text: &str) -> Option<String> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = text.chars().take_while(|letter| *letter == mark).count();
    let inline = mark == '`' && text[length..].contains('`');
    (length >= 3 && !inline).then(|| mark.to_string().repeat(length))
}

/// Splits off the bullets and numbers that a line begins with, each followed by one space: with five, the rest of the line would be code.
fn list_items(text: &str) -> (String, &str) {
    let (mut items, mut rest) = (String::new(), text);
    while let Some((marker, after)) = rest.split_once(' ').filter(|(word, _)| is_marker(word)) {
        items.push_str(marker);
        items.push(' ');
        rest = after.trim_start_matches(' ');
    }
    (items, rest)
}

fn is_marker(word: &str) -> bool {
    let number = word.strip_suffix(['.', ')']).unwrap_or_default();
    matches!(word, "-" | "*" | "+")
        || (!number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}
