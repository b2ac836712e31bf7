//! Shows a problem with the line of the file that it is in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use lro_codegen::{Diagnostic, Severity};
use miette::{LabeledSpan, NamedSource};

use crate::draw;
use crate::span::{self, Columns, without_mark};

/// Where the files are that problems can be in, by the names that the problems have for them.
#[derive(Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, (PathBuf, Columns)>);

impl Sources {
    pub(crate) fn add_proto(&mut self, name: &str, path: &Path) {
        self.0.insert(name.to_owned(), (path.to_owned(), Columns::Bytes));
    }

    pub(crate) fn add_service_config(&mut self, path: &Path) {
        self.0.insert(path.display().to_string(), (path.to_owned(), Columns::Letters));
    }

    /// A problem as text: with its line of the file if the file can be read, and as [`Sources::in_words`] where it cannot.
    pub(crate) fn render(&self, diagnostic: &Diagnostic) -> String {
        self.with_source(diagnostic).unwrap_or_else(|| self.in_words(diagnostic))
    }

    /// A problem in one line with its help below, and with the path of its file. Where there is none, without the word that says how much it
    /// weighs: cargo says that of its own.
    pub(crate) fn in_words(&self, diagnostic: &Diagnostic) -> String {
        let text = diagnostic.to_string();
        let Some(location) = diagnostic.location() else {
            let weight = ["error: ", "warning: "].into_iter().find_map(|weight| text.strip_prefix(weight));
            return weight.map_or_else(|| text.clone(), str::to_owned);
        };
        match (self.0.get(&location.file), text.strip_prefix(&location.file)) {
            (Some((path, _)), Some(rest)) => format!("{}{rest}", path.display()),
            _ => text,
        }
    }

    fn with_source(&self, diagnostic: &Diagnostic) -> Option<String> {
        let file = &diagnostic.location()?.file;
        let (path, columns) = self.0.get(file)?;
        let text = fs::read_to_string(path).ok()?;
        let text = without_mark(&text);
        let span = span::of(diagnostic, text, *columns)?;
        let source = NamedSource::new(path.display().to_string(), text.to_owned());
        draw::draw(&Problem { diagnostic, span, source }, &str::to_owned, &|_| None)
    }
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
