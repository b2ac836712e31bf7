//! Draws a problem: what is wrong, the lines that it is about, and what to do.
//!
//! miette comes with a renderer too, which needs two dozen crates more than its interface, and so does every build script.

use std::fmt::Write as _;

use miette::{Diagnostic, Severity, SourceCode, SourceSpan};
use unicode_width::UnicodeWidthChar as _;

/// The text of a problem that knows the source it is in; nothing if it does not.
///
/// Without colours: a build script writes to cargo, not to a terminal.
pub(crate) fn draw(problem: &dyn Diagnostic) -> Option<String> {
    let source = problem.source_code()?;
    let mark = if problem.severity() == Some(Severity::Warning) { '⚠' } else { '×' };
    let mut text = format!("  {mark} {problem}");
    let mut drawn = 0;
    for label in problem.labels()? {
        text += &snippet(source, label.inner(), label.label().unwrap_or_default())?;
        drawn += 1;
    }
    if let Some(help) = problem.help() {
        let _ = write!(text, "\n  help: {help}");
    }
    (drawn > 0).then_some(text)
}

/// The line in which a span begins, with the span underlined as far as it is in that line.
fn snippet(source: &dyn SourceCode, span: &SourceSpan, label: &str) -> Option<String> {
    // A line before and after, so that the whole line of the span is in between.
    let context = source.read_span(span, 1, 1).ok()?;
    let text = std::str::from_utf8(context.data()).ok()?;
    let at = span.offset().checked_sub(context.span().offset())?;
    let (before, after) = text.split_at_checked(at)?;
    let (above, before) = before.rsplit_once('\n').map_or(("", before), |(above, line)| (above, line));
    let is_first = !text[..at].contains('\n');
    let number = context.line() + 1 + usize::from(!is_first) + above.matches('\n').count();
    let column = before.len() + 1 + if is_first { context.column() } else { 0 };
    let line = after.split('\n').next().unwrap_or_default();
    let underlined = line.get(..span.len().min(line.len()))?;

    let margin = " ".repeat(number.to_string().len());
    let name = context.name().unwrap_or("-");
    let line = format!("{}{}", expand(before), expand(line));
    let indent = " ".repeat(width(before));
    let underline = "─".repeat(width(underlined).max(1));
    let label = if label.is_empty() { String::new() } else { format!(" {label}") };
    Some(format!(
        "\n {margin} ╭─[{name}:{number}:{column}]\n {number} │ {}\n {margin} · {indent}{underline}{label}\n {margin} ╰─",
        line.trim_end()
    ))
}

/// How wide a tab is drawn.
const TAB: &str = "    ";

fn expand(text: &str) -> String {
    text.replace('\t', TAB)
}

/// How many columns a text takes.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter == '\t' { TAB.len() } else { letter.width().unwrap_or(0) }).sum()
}
