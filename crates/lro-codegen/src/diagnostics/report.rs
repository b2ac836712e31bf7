//! What a run has found so far.

use crate::diagnostics::levels::Levels;
use crate::diagnostics::rules::{Level, Rule};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};

/// Collects the diagnostics of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    diagnostics: Vec<Diagnostic>,
    levels: Levels,
}

impl Report {
    /// Reads the levels that rules have from now on.
    pub(crate) fn set_levels(&mut self, wanted: &[(String, Level)]) {
        let (levels, problems) = Levels::new(wanted);
        self.levels = levels;
        self.diagnostics.extend(problems);
    }

    /// An empty report with the levels of this one, for a part of the work that may be done beside others.
    pub(crate) fn of_part(&self) -> Self {
        Self { diagnostics: Vec::new(), levels: self.levels.clone() }
    }

    /// Takes over what a part of the work has found, which has been judged by the same levels.
    pub(crate) fn add_part(&mut self, part: Self) {
        self.diagnostics.extend(part.diagnostics);
    }

    /// Takes in what was found. A warning is dropped, kept or made an error, as the level of its rule says.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let level = self.levels.of(diagnostic.rule());
        match level {
            Level::Allow if diagnostic.is_finding() => {}
            Level::Deny if diagnostic.is_finding() => self.diagnostics.push(diagnostic.denied()),
            _ => self.diagnostics.push(diagnostic),
        }
    }

    /// Whether anything that a rule finds will be heard.
    pub(crate) fn is_wanted(&self, rule: Rule) -> bool {
        self.levels.of(rule) != Level::Allow
    }

    /// Drops what is not to be kept. Each diagnostic comes with whether the level of its rule was lowered.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut Diagnostic, bool) -> bool) {
        self.diagnostics.retain_mut(|diagnostic| {
            let is_lowered = self.levels.is_lowered(diagnostic.rule());
            keep(diagnostic, is_lowered)
        });
    }

    /// Goes on unless something worse than a warning came up.
    pub(crate) fn stop_at_errors(self) -> Result<Self, Diagnostics> {
        if self.has_errors() { Err(Diagnostics::new(self.diagnostics)) } else { Ok(self) }
    }

    /// The warnings if nothing worse came up, all of it otherwise.
    pub(crate) fn finish(self) -> Result<Vec<Diagnostic>, Diagnostics> {
        self.stop_at_errors().map(|report| report.diagnostics)
    }

    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }
}
