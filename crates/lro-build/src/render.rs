//! Shows a problem with the line of the file that it is in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use lro_codegen::{Diagnostic, Severity};
use miette::{LabeledSpan, NamedSource};

use crate::report;

/// Where the files are that problems can be in, by the names that the problems have for them.
#[derive(Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, PathBuf>);

impl Sources {
    pub(crate) fn add(&mut self, name: impl Into<String>, path: &Path) {
        self.0.insert(name.into(), path.to_owned());
    }

    /// A problem as text: with its line of the file if the file can be read, and in one line with its help below where it cannot.
    pub(crate) fn render(&self, diagnostic: &Diagnostic) -> String {
        let text =
            diagnostic.location().and_then(|location| fs::read_to_string(self.0.get(&location.file)?).ok());
        text.and_then(|text| with_source(diagnostic, text)).unwrap_or_else(|| diagnostic.to_string())
    }
}

/// A problem that protox found, with its line of the file if there is one.
pub(crate) fn proto(error: &protox::Error) -> String {
    // Of what has no line, only the debug form names the file and the cause.
    report::draw(error).unwrap_or_else(|| format!("{error:?}"))
}

fn with_source(diagnostic: &Diagnostic, text: String) -> Option<String> {
    let span = span(diagnostic, &text)?;
    let file = &diagnostic.location()?.file;
    report::draw(&Problem { diagnostic, span, source: NamedSource::new(file, text) })
}

/// The bytes to underline: the words that the problem is about where they are found, else the first line of its place.
fn span(diagnostic: &Diagnostic, text: &str) -> Option<Range<usize>> {
    let location = diagnostic.location()?;
    let start = offset(text, location.position?)?;
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = match location.end {
        Some(end) => offset(text, end)?.max(start),
        None => line_end,
    };
    let place = words(&text[start..end], diagnostic.focus_words())
        .map(|range| start + range.start..start + range.end)
        .unwrap_or(start..end.min(line_end));
    let shown = text[place.clone()].trim_end();
    Some(place.start..place.start + shown.len())
}

/// The byte at a line and column, which both count from one. Nothing if there is no such place.
fn offset(text: &str, (line, column): (u32, u32)) -> Option<usize> {
    let (line, column) = (usize::try_from(line).ok()?, usize::try_from(column).ok()?);
    let lines = text.split_inclusive('\n');
    let start: usize = lines.clone().take(line.checked_sub(1)?).map(str::len).sum();
    let content = lines.clone().nth(line - 1).unwrap_or_default();
    (line <= lines.count()).then_some(())?;
    let at = column.checked_sub(1).filter(|at| *at <= content.len() && content.is_char_boundary(*at))?;
    Some(start + at)
}

/// From the first word to the last, with quotes around either. All of them have to be there, in this order.
fn words(text: &str, words: &[String]) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    for word in words {
        let from = found.as_ref().map_or(0, |found| found.end);
        let at = from + outside_comments(&text[from..], word)?;
        found = Some(found.map_or(at, |found| found.start)..at + word.len());
    }
    let found = found?;
    let quote = usize::from(text[found.end..].starts_with(['"', '\'']));
    Some(found.start..found.end + quote)
}

/// Where a word is first used, but for lines that are comments.
fn outside_comments(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        !line.contains("//")
    })
}

/// A problem in the form that miette asks for.
#[derive(Debug)]
struct Problem<'a> {
    diagnostic: &'a Diagnostic,
    span: Range<usize>,
    source: NamedSource<String>,
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.diagnostic.message(), self.diagnostic.rule().name())
    }
}

impl std::error::Error for Problem<'_> {}

impl miette::Diagnostic for Problem<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity() {
            Severity::Warning => miette::Severity::Warning,
            _ => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help_text().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::underline(self.span.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use super::{offset, words};

    #[test]
    fn places_outside_the_text_are_no_places() {
        let text = "one\nzwölf\n\tthree";
        assert_eq!(offset(text, (1, 1)), Some(0));
        assert_eq!(offset(text, (1, 4)), Some(3));
        // Columns are bytes: the second byte of a letter is no place, the letter after it is one further.
        assert_eq!(offset(text, (2, 4)), None);
        assert_eq!(offset(text, (2, 5)), Some(8));
        assert_eq!(offset(text, (3, 2)), Some(12));
        assert_eq!(offset(text, (3, 7)), Some(text.len()));
        for outside in [(0, 1), (1, 0), (3, 8), (4, 1), (u32::MAX, 1), (1, u32::MAX)] {
            assert_eq!(offset(text, outside), None, "{outside:?}");
        }
        assert_eq!(offset("", (1, 1)), None);
    }

    #[test]
    fn words_are_found_in_order_and_not_in_comments() {
        let text = "x = {\n  // a: \"B\"\n  a:\n  'B' b: \"B\" }";
        let found = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            words(text, &list).map(|range| &text[range])
        };
        assert_eq!(found(&["a", "B"]), Some("a:\n  'B'"));
        assert_eq!(found(&["b", "B"]), Some("b: \"B\""));
        assert_eq!(found(&["B", "a"]), None);
        assert_eq!(found(&["c"]), None);
        assert_eq!(found(&[]), None);
    }
}
