//! Draws a problem: what is wrong, the lines that it is about, and what to do.
//!
//! miette comes with a renderer too, which needs two dozen crates more than its interface, and so does every build script.

use miette::{Diagnostic, Severity, SourceCode, SourceSpan};
use unicode_width::UnicodeWidthChar as _;

use crate::span;

/// The text of a problem that knows the source it is in, and of those that were found with it; nothing if it has no place there.
///
/// `path` says where the source of a name is, for people to go there, and `advice` what to do about a problem that has no help of its own.
/// Without colours: a build script writes to cargo, not to a terminal.
pub(crate) fn draw(
    problem: &dyn Diagnostic,
    path: &dyn Fn(&str) -> String,
    advice: &dyn Fn(&dyn Diagnostic) -> Option<String>,
) -> Option<String> {
    let source = problem.source_code()?;
    let mut text = draw_one(problem, source, path, advice)?;
    for related in problem.related().into_iter().flatten() {
        text.push('\n');
        let source = related.source_code().unwrap_or(source);
        text += &draw_one(related, source, path, advice).unwrap_or_else(|| headline(related));
    }
    Some(text)
}

/// A help on a line of its own.
pub(crate) fn help(text: &str) -> String {
    format!("\n  help: {text}")
}

fn draw_one(
    problem: &dyn Diagnostic,
    source: &dyn SourceCode,
    path: &dyn Fn(&str) -> String,
    advice: &dyn Fn(&dyn Diagnostic) -> Option<String>,
) -> Option<String> {
    let labels = problem.labels()?;
    let snippets: Vec<String> = labels
        .map(|label| {
            let span = cause_within(problem, source, label.inner()).unwrap_or(*label.inner());
            snippet(source, &span, label.label().unwrap_or_default(), path)
        })
        .collect::<Option<_>>()?;
    let mut text = headline(problem) + &snippets.concat();
    let advice = advice(problem).or_else(|| problem.help().map(|help| help.to_string()));
    if let Some(advice) = advice {
        text += &help(&advice);
    }
    (!snippets.is_empty()).then_some(text)
}

fn headline(problem: &dyn Diagnostic) -> String {
    let mark = if problem.severity() == Some(Severity::Warning) { '⚠' } else { '×' };
    match problem.diagnostic_source() {
        Some(cause) => format!("  {mark} {problem}: {cause}"),
        None => format!("  {mark} {problem}"),
    }
}

/// Where in a span of the source the cause of a problem is.
///
/// The cause has a source of its own, the value of an option without spaces and comments as they were. So it is looked for by its word, and by how
/// often that word is there before it.
fn cause_within(problem: &dyn Diagnostic, source: &dyn SourceCode, span: &SourceSpan) -> Option<SourceSpan> {
    let cause = problem.diagnostic_source()?;
    let value = cause.source_code()?;
    let label = cause.labels()?.next()?;
    let read = |source: &dyn SourceCode, span: &SourceSpan| {
        String::from_utf8(source.read_span(span, 0, 0).ok()?.data().to_vec()).ok()
    };
    let word = read(value, label.inner())?;
    let before = read(value, &(0..label.offset()).into())?;
    let text = read(source, span)?;
    // The value follows the name of the option.
    let start = text.find('=')?;
    let at = span::places(&text[start..], &word).nth(span::places(&before, &word).count())?;
    Some(SourceSpan::from(span.offset() + start + at..span.offset() + start + at + word.len()))
}

/// The line in which a span begins, with the span underlined as far as it is in that line.
fn snippet(
    source: &dyn SourceCode,
    span: &SourceSpan,
    label: &str,
    path: &dyn Fn(&str) -> String,
) -> Option<String> {
    // A line before and after, so that the whole line of the span is in between.
    let context = source.read_span(span, 1, 1).ok()?;
    let text = std::str::from_utf8(context.data()).ok()?;
    let at = span.offset().checked_sub(context.span().offset())?;
    let (before, after) = text.split_at_checked(at)?;
    let (above, before) = before.rsplit_once('\n').map_or(("", before), |(above, line)| (above, line));
    let is_first = !text[..at].contains('\n');
    let number = context.line() + 1 + usize::from(!is_first) + above.matches('\n').count();
    let column = before.len() + 1 + if is_first { context.column() } else { 0 };
    let after = after.lines().next().unwrap_or_default().trim_end();
    let underlined = after.get(..span.len().min(after.len()))?;

    let margin = " ".repeat(number.to_string().len());
    let name = context.name().map_or_else(|| "-".to_owned(), path);
    let line = format!("{before}{after}");
    let indent = " ".repeat(width(before));
    let underline = "─".repeat(width(underlined).max(1));
    let label = if label.is_empty() { String::new() } else { format!(" {label}") };
    Some(format!(
        "\n {margin} ╭─[{name}:{number}:{column}]\n {number} │ {}\n {margin} · {indent}{underline}{label}\n {margin} ╰─",
        printable(line.trim_end())
    ))
}

/// How wide a tab is drawn.
const TAB: &str = "    ";

/// A text with tabs of one width, and with a sign in place of what a terminal would act on.
fn printable(text: &str) -> String {
    let mut drawn = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => drawn += TAB,
            _ if letter.is_control() => drawn.push(char::REPLACEMENT_CHARACTER),
            _ => drawn.push(letter),
        }
    }
    drawn
}

/// How many columns a text takes when it is drawn.
fn width(text: &str) -> usize {
    printable(text).chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

    use super::draw;

    /// A problem with one place.
    #[derive(Debug)]
    struct Problem {
        source: NamedSource<String>,
        span: std::ops::Range<usize>,
    }

    impl fmt::Display for Problem {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("wrong")
        }
    }

    impl std::error::Error for Problem {}

    impl Diagnostic for Problem {
        fn source_code(&self) -> Option<&dyn SourceCode> {
            Some(&self.source)
        }

        fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
            Some(Box::new(std::iter::once(LabeledSpan::underline(self.span.clone()))))
        }
    }

    /// What is drawn of a text in which the part between « and » is wrong, without headline and frame: place, line and underline.
    #[track_caller]
    fn drawn(text: &str) -> [String; 3] {
        let (start, end) = (text.find('«').unwrap(), text.find('»').unwrap() - '«'.len_utf8());
        let source = NamedSource::new("a", text.replace(['«', '»'], ""));
        let drawn = draw(&Problem { source, span: start..end }, &str::to_owned, &|_| None).unwrap();
        let lines: Vec<&str> = drawn.split('\n').collect();
        let [headline, place, line, underline, last] = lines[..] else { panic!("{drawn}") };
        assert_eq!((headline, last.trim()), ("  × wrong", "╰─"));
        let inside = |line: &str, bar: &str| line.split_once(bar).unwrap().1.to_owned();
        [inside(place, "─"), inside(line, "│ "), inside(underline, "· ")]
    }

    #[test]
    fn a_span_is_found_in_every_line_of_a_text() {
        assert_eq!(drawn("«one» two\nthree\nfour"), ["[a:1:1]", "one two", "───"]);
        assert_eq!(drawn("one\nt«wo»\nthree\nfour"), ["[a:2:2]", "two", " ──"]);
        assert_eq!(drawn("one\n\n\nfo«ur»"), ["[a:4:3]", "four", "  ──"]);
    }

    #[test]
    fn what_goes_on_in_other_lines_is_underlined_to_the_end_of_its_first() {
        assert_eq!(drawn("one «two  \nthree» four"), ["[a:1:5]", "one two", "    ───"]);
        assert_eq!(drawn("one «two\r\nthree» four\r\n"), ["[a:1:5]", "one two", "    ───"]);
    }

    #[test]
    fn a_place_without_letters_has_a_mark() {
        assert_eq!(drawn("«»"), ["[a:1:1]", "", "─"]);
        assert_eq!(drawn("one«»\ntwo"), ["[a:1:4]", "one", "   ─"]);
        assert_eq!(drawn("one\n«»"), ["[a:2:1]", "", "─"]);
        assert_eq!(drawn("one\r\n«\r\n»two"), ["[a:2:1]", "", "─"]);
    }

    #[test]
    fn underlines_are_as_wide_as_what_is_above_them() {
        assert_eq!(drawn("\tü\t«世界»\t!"), ["[a:1:5]", "    ü    世界    !", "         ────"]);
        // Combined from two letters, the second of which takes no column of its own.
        assert_eq!(drawn("e\u{301} «e\u{301}»"), ["[a:1:5]", "e\u{301} e\u{301}", "  ─"]);
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_act_on() {
        assert_eq!(drawn("a\u{1b}[31m\r«b\u{7}»"), ["[a:1:8]", "a�[31m�b�", "       ──"]);
    }
}
