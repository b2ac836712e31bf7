//! What the generator has to say about its input.

use std::fmt;

/// The rule that a [`Diagnostic`] belongs to.
///
/// Rules that the [API linter](https://linter.aip.dev/151/) knows carry its names, so that one search finds both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// `core::0151::operation-info`: a method that returns `google.longrunning.Operation` says what its operation holds.
    OperationInfo,
    /// `core::0151::lro-response-type`: the response type is set and exists.
    ResponseType,
    /// `core::0151::lro-metadata-type`: the metadata type is set and exists.
    MetadataType,
    /// `core::0151::lro-response-reachable`: the file of the service imports the response type, directly or not.
    ResponseReachable,
    /// `core::0151::lro-metadata-reachable`: the file of the service imports the metadata type, directly or not.
    MetadataReachable,
    /// `core::0151::response-unary`: a long-running method does not stream.
    ResponseUnary,
    /// `lro::operation-return`: only methods that return `google.longrunning.Operation` carry `operation_info`.
    OperationReturn,
    /// `lro::method-type`: the request and response types of every method exist.
    MethodType,
    /// `lro::name-collision`: no two things that code is generated for end up with one name.
    NameCollision,
    /// `lro::input`: the request itself is whole and consistent.
    Input,
    /// `lro::option`: options exist and have values of the right form.
    Option,
    /// `lro::messages`: prost-build and tonic-build can generate the messages and services.
    Messages,
}

impl Rule {
    /// The name that messages show, such as `core::0151::lro-response-type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OperationInfo => "core::0151::operation-info",
            Self::ResponseType => "core::0151::lro-response-type",
            Self::MetadataType => "core::0151::lro-metadata-type",
            Self::ResponseReachable => "core::0151::lro-response-reachable",
            Self::MetadataReachable => "core::0151::lro-metadata-reachable",
            Self::ResponseUnary => "core::0151::response-unary",
            Self::OperationReturn => "lro::operation-return",
            Self::MethodType => "lro::method-type",
            Self::NameCollision => "lro::name-collision",
            Self::Input => "lro::input",
            Self::Option => "lro::option",
            Self::Messages => "lro::messages",
        }
    }
}

/// How much a [`Diagnostic`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated all the same.
    Warning,
}

/// A place in a proto file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, as it is imported.
    pub file: String,
    /// Line and column, both from one; absent where the descriptors came without source info.
    pub position: Option<(u32, u32)>,
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
    rule: Rule,
    location: Option<Location>,
    message: String,
    help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(rule: Rule, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, rule, location: None, message: message.into(), help: None }
    }

    pub(crate) fn warning(rule: Rule, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, message) }
    }

    pub(crate) fn at(self, location: Location) -> Self {
        Self { location: Some(location), ..self }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
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
        self.location.as_ref()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
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

/// Collects the diagnostics of a run.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Diagnostic>);

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Goes on unless something worse than a warning came up.
    pub(crate) fn stop_at_errors(self) -> Result<Self, Diagnostics> {
        self.finish().map(Self)
    }

    /// The warnings if nothing worse came up, all of it otherwise.
    pub(crate) fn finish(self) -> Result<Vec<Diagnostic>, Diagnostics> {
        if self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            Err(Diagnostics(self.0))
        } else {
            Ok(self.0)
        }
    }
}

/// The text of a panic that was caught.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}
