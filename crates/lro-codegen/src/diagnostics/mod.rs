//! What the generator has to say about its input.

pub(crate) mod levels;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod suggest;

use std::fmt;

pub(crate) use rules::Rule;

/// How much a [`Diagnostic`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated all the same.
    Warning,
}

/// A place in a proto file, or in a service config.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file: a proto as it is imported, a service config as it was given. What a build script says has its call in place of a file.
    pub file: String,
    /// Line and column, both from one; absent where the descriptors came without source info.
    ///
    /// Columns are what the compiler counts: bytes, and with protoc a tab goes on to the next multiple of eight. In a service config they are
    /// letters.
    pub position: Option<(u32, u32)>,
    /// Line and column behind the last character, where the end is known. Never before the position.
    pub end: Option<(u32, u32)>,
    /// The path of the element in the file's descriptor, as source info has it; empty for the file as a whole.
    pub(crate) element: Vec<i32>,
}

impl Location {
    /// A file as a whole.
    pub(crate) fn of_file(file: impl Into<String>) -> Self {
        Self { file: file.into(), position: None, end: None, element: Vec::new() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// One problem of the input: where it is, which rule it breaks and what to do about it.
///
/// Shown as `file:line:col: severity: message [rule]`, with the help on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    /// Whether code can be generated all the same, unless someone wants it to be an error.
    finding: bool,
    rule: Rule,
    location: Option<Box<Location>>,
    message: String,
    help: Option<String>,
    focus: Vec<String>,
}

impl Diagnostic {
    pub(crate) fn error(rule: Rule, message: impl Into<String>) -> Self {
        let severity = Severity::Error;
        Self {
            severity,
            finding: false,
            rule,
            location: None,
            message: message.into(),
            help: None,
            focus: Vec::new(),
        }
    }

    /// A finding that leaves code to be generated. Whether it ends up as a warning is for the level of its rule to say, in [`Report::push`].
    pub(crate) fn warning(rule: Rule, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, finding: true, ..Self::error(rule, message) }
    }

    pub(crate) fn at(self, location: Location) -> Self {
        Self { location: Some(Box::new(location)), ..self }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(crate) fn focus<const N: usize>(self, words: [&str; N]) -> Self {
        Self { focus: words.map(str::to_owned).into(), ..self }
    }

    pub(crate) fn set_help(&mut self, help: String) {
        self.help = Some(help);
    }

    /// The same as a reason to generate nothing.
    pub(crate) fn denied(self) -> Self {
        Self { severity: Severity::Error, ..self }
    }

    /// Whether its rule can be turned off.
    pub(crate) fn is_finding(&self) -> bool {
        self.finding
    }

    /// How much it weighs.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The rule that the input breaks.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Where it is; absent for problems of the request as a whole.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_deref()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The words it is about, in the order in which they follow each other in the source text at its location. Compilers say where an option
    /// is, not where its parts are; with these words, who has the text can point more precisely. Empty where the location says it all.
    pub fn focus_words(&self) -> &[String] {
        &self.focus
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {} [{}]", self.message, self.rule.name())?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Every problem of a run that kept code from being generated, with the warnings of the same run: what is wrong with types and annotations in
/// the order of the files, then what is wrong with names.
///
/// Holds at least one diagnostic of [`Severity::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub(crate) fn new(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }

    /// The diagnostics, at least one.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// A piece of the input as a message shows it: on one line, and not all of it if it is long.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut start: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        start.push('…');
    }
    start
}

/// The text of a panic that was caught.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}
