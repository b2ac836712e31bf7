//! Keeps the text of comments out of the way of those who parse, edit and print code.
//!
//! Comments are half of what is generated. prost-build edits them line by line, and syn and prettyplease take each line for an attribute; all
//! of it is work for nothing, because a comment is finished when it is [`clean`](super::clean). So one line stands for the whole comment until
//! the code around it is printed.

use std::cell::RefCell;
use std::fmt::Write as _;

/// Begins a line that stands for a comment. Unicode sets it aside for a program's own use, and no cleaned comment holds it.
const MARK: char = '\u{fdd0}';

/// The comments of one piece of code.
#[derive(Debug, Default)]
pub(crate) struct Stash {
    comments: RefCell<Vec<String>>,
}

impl Stash {
    /// Puts a comment away. The text that stands for it is one line, with a space at its beginning as comments have it.
    pub(crate) fn put(&self, lines: &[impl AsRef<str>]) -> String {
        let mut comments = self.comments.borrow_mut();
        let line = format!(" {MARK}{}", comments.len());
        comments.push(lines.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("\n"));
        line
    }

    /// Printed code with every comment in its place, indented as the line that stood for it.
    pub(crate) fn restore(&self, code: &str) -> String {
        let comments = self.comments.borrow();
        let mut restored =
            String::with_capacity(code.len() + comments.iter().map(String::len).sum::<usize>());
        for line in code.split_inclusive('\n') {
            match stands_for(line).and_then(|(indent, index)| Some((indent, comments.get(index)?))) {
                Some((indent, comment)) => print(&mut restored, indent, comment),
                None => restored.push_str(line),
            }
        }
        restored
    }
}

/// The indentation of a line and the comment that it stands for, if it does.
fn stands_for(line: &str) -> Option<(&str, usize)> {
    let doc = line.trim_start_matches(' ');
    let number = doc.strip_prefix("/// ")?.strip_prefix(MARK)?;
    Some((&line[..line.len() - doc.len()], number.trim_end().parse().ok()?))
}

fn print(code: &mut String, indent: &str, comment: &str) {
    for line in comment.split('\n') {
        let space = if line.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = writeln!(code, "{indent}///{space}{}", line.trim_end_matches(' '));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_come_back_at_the_indentation_of_their_place() {
        let stash = Stash::default();
        let (outer, inner) = (stash.put(&["Outer.", "", "  - item"]), stash.put(&["Inner."]));
        let code = format!("///{outer}\nmod a {{\n    ///{inner}\n    fn b() {{}}\n    ///{outer}\n}}\n");

        let expected = "/// Outer.\n///\n///   - item\nmod a {\n    /// Inner.\n    fn b() {}\n    /// Outer.\n    ///\n    ///   - item\n}\n";
        assert_eq!(stash.restore(&code), expected);
    }

    #[test]
    fn what_stands_for_nothing_stays_as_it_is() {
        let stash = Stash::default();
        let line = stash.put(&["A comment."]);
        for code in [
            "/// \u{fdd0}1\n",
            "/// \u{fdd0}\n",
            "/// \u{fdd0}x",
            "// \u{fdd0}0\n",
            "let a = \"/// \u{fdd0}0\";\n",
        ] {
            assert_eq!(stash.restore(code), code);
        }
        assert_eq!(stash.restore(&format!("///{line}")), "/// A comment.\n");
    }
}
