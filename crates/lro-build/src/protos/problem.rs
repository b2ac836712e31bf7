//! Draws why protos cannot be compiled.

use std::any::Any;
use std::fmt;
use std::path::Path;

use miette::{LabeledSpan, NamedSource, SourceOffset, SourceSpan};
use protox::prost_reflect::DescriptorError;

use super::advice::{self, Known};
use super::finder::{Finder, Found, Unreadable};
use crate::draw::{self, draw};
use crate::error::Error;

/// The field of a `FileDescriptorProto` with the imports.
const IMPORTS: i32 = 3;

/// A file that cannot be read.
pub(super) fn unreadable(why: Unreadable, name: &str, finder: &Finder) -> Error {
    match why {
        Unreadable::Failed(error) => error,
        Unreadable::Edition => edition(name, finder),
        Unreadable::Syntax(error) => parse(error, finder),
    }
}

/// A file that is no proto.
fn parse(error: protox::Error, finder: &Finder) -> Error {
    let shown = draw(&error, &|name| finder.shown_path(name), &|_| None).unwrap_or_else(|| {
        // Of what has no line, only the debug form has the cause, and not always the file.
        let text = format!("{error:?}");
        match error.file() {
            Some(file) if !text.contains(file) => format!("{}: {text}", finder.shown_path(file)),
            _ => text,
        }
    });
    Error::proto(shown, Some(error.into()))
}

/// A file that means nothing, or not what it may.
pub(super) fn check(error: DescriptorError, text: Option<&str>, known: &Known<'_>) -> Error {
    let error = if let Some(text) = text { error.with_source_code(text) } else { error };
    let file = error.file().map(|name| known.finder.shown_path(name));
    let advice =
        |problem: &dyn miette::Diagnostic| advice::on(problem, error.file().unwrap_or_default(), known);
    let shown = draw(&error, &|name| known.finder.shown_path(name), &advice).unwrap_or_else(|| {
        let place = file.map(|file| format!("{file}: ")).unwrap_or_default();
        let help = advice(&error).map(|help| draw::help(&help)).unwrap_or_default();
        format!("{place}{error}{help}")
    });
    Error::proto(shown, Some(error.into()))
}

/// A file in an edition, which protox has no parser for.
fn edition(name: &str, finder: &Finder) -> Error {
    let path = finder.shown_path(name);
    let help = format!(
        "{}. With editions that is for `emit(Emit::Lro)`, since prost-build cannot generate their messages",
        advice::by_protoc(name, finder)
    );
    Error::proto(
        format!("{path}: this file uses an edition, which only protoc and buf can read{}", draw::help(&help)),
        None,
    )
}

/// A file that the check has panicked over.
pub(super) fn panicked(name: &str, panic: &(dyn Any + Send), finder: &Finder) -> Error {
    let path = finder.shown_path(name);
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let why = text.unwrap_or("it panicked");
    let help = advice::by_protoc(name, finder);
    Error::proto(format!("{path}: prost-reflect cannot check this file: {why}{}", draw::help(&help)), None)
}

/// A file that the caller named and that is nowhere.
pub(super) fn not_included(path: &Path, finder: &Finder) -> Error {
    let message = format!("file '{}' is not in any include path", path.display());
    Error::proto(message + &draw::help(&advice::on_missing(&path.to_string_lossy(), finder)), None)
}

/// An import that is nowhere.
pub(super) fn not_found(import: &str, found: &Found, index: usize, finder: &Finder) -> Error {
    let help = Some(advice::on_missing(import, finder));
    at_import(format!("import '{import}' not found"), help, found, index, finder)
}

pub(super) fn imported_twice(import: &str, found: &Found, index: usize, finder: &Finder) -> Error {
    at_import(format!("import '{import}' was listed twice"), None, found, index, finder)
}

/// Files that import each other. `open` holds those between the two places where the last one is.
pub(super) fn circular(open: &[String], name: &str, found: &Found, index: usize, finder: &Finder) -> Error {
    let cycle = [open, &[name.to_owned()]].concat().join(" -> ");
    at_import(format!("import cycle detected: {cycle}"), None, found, index, finder)
}

/// A file that the caller named and that is not the one of its name that imports find.
pub(super) fn shadowed(name: &str, path: &Path, actual: &Path) -> Error {
    let (path, actual) = (path.display(), actual.display());
    let help = format!(
        "name it `{name}`, if it is {actual} that you want; else let the include of {path} come first"
    );
    let message = format!("path '{path}' is shadowed by '{actual}' in the include paths");
    Error::proto(message + &draw::help(&help), None)
}

fn at_import(message: String, help: Option<String>, found: &Found, index: usize, finder: &Finder) -> Error {
    let problem = AtImport { message, help, place: place_of_import(found, index) };
    let shown = draw(&problem, &|name| finder.shown_path(name), &|_| None).unwrap_or_else(|| {
        let help = problem.help.as_deref().map(draw::help).unwrap_or_default();
        format!("{}: {problem}{help}", finder.shown_path(found.file.name()))
    });
    Error::proto(shown, None)
}

/// Where an import is in the text of its file, if that is known.
fn place_of_import(found: &Found, index: usize) -> Option<(NamedSource<String>, SourceSpan)> {
    let text = found.text.as_deref()?;
    let path = [IMPORTS, i32::try_from(index).ok()?];
    let info = found.file.file_descriptor_proto().source_code_info.as_ref()?;
    let location = info.location.iter().find(|location| location.path == path)?;
    let (start, end) = match location.span[..] {
        [line, start, end] => ((line, start), (line, end)),
        [line, start, last, end] => ((line, start), (last, end)),
        _ => return None,
    };
    let offset = |(line, column): (i32, i32)| {
        let number = |number: i32| usize::try_from(number).unwrap_or(0) + 1;
        SourceOffset::from_location(text, number(line), number(column)).offset()
    };
    let span = SourceSpan::from(offset(start)..offset(end));
    Some((NamedSource::new(found.file.name(), text.to_owned()), span))
}

/// What is wrong with an import, in the form that is drawn.
#[derive(Debug)]
struct AtImport {
    message: String,
    help: Option<String>,
    place: Option<(NamedSource<String>, SourceSpan)>,
}

impl fmt::Display for AtImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AtImport {}

impl miette::Diagnostic for AtImport {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.place.as_ref().map(|(source, _)| source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.place.as_ref()?;
        let label = LabeledSpan::new_with_span(Some("imported here".to_owned()), *span);
        Some(Box::new(std::iter::once(label)))
    }
}
