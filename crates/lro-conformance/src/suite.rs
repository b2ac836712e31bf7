//! A run of the checks.

use std::time::Instant;

use crate::check::Check;
use crate::checks;
use crate::error::Error;
use crate::outcome::{Failure, Outcome};
use crate::probe::{Probe, Session, Stop};
use crate::report::{Entry, Report};
use crate::target::Target;

/// A run of the checks against a [`Target`].
#[derive(Debug)]
pub struct Suite {
    target: Target,
    only: Vec<String>,
}

impl Suite {
    /// All checks that the target lets run.
    pub fn new(target: Target) -> Self {
        Self { target, only: Vec::new() }
    }

    /// Only these: ids (`wait/short-timeout`), groups (`wait`), or beginnings with a star (`list/token*`).
    pub fn only<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        self.only.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// All checks that there are, in the order of a run.
    pub fn checks() -> impl Iterator<Item = &'static Check> {
        checks::ALL.iter().copied().flatten()
    }

    /// Connects and runs the checks, one after the other.
    ///
    /// Not cancel-safe: what the check at hand has started is left running.
    ///
    /// # Errors
    ///
    /// The run cannot begin: the server is not there, the descriptors cannot be had, or a request, a header or the name of
    /// a check makes no sense.
    pub async fn run(self) -> Result<Report, Error> {
        self.run_with(|_| {}).await
    }

    /// As [`run`](Self::run), and hands out each entry as soon as there is one.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_with(self, mut progress: impl FnMut(&Entry)) -> Result<Report, Error> {
        let Self { target, only } = self;
        if let Some(pattern) = only.iter().find(|pattern| !Self::checks().any(|check| check.matches(pattern)))
        {
            return Err(Error::usage(format!("there is no check `{pattern}`; --list shows all")));
        }
        let address = target.address.clone();
        let begin = Instant::now();
        let session = Session::open(target).await?;
        let mut entries = Vec::new();
        for check in Self::checks() {
            if only.is_empty() || only.iter().any(|pattern| check.matches(pattern)) {
                let entry = run(&session, check).await;
                progress(&entry);
                entries.push(entry);
            }
        }
        Ok(Report::new(address, entries, begin.elapsed()))
    }
}

async fn run(session: &Session, check: &'static Check) -> Entry {
    let begin = Instant::now();
    let probe = Probe::new(session);
    let outcome = match (check.run)(&probe).await {
        Ok(()) => Outcome::Passed,
        Err(Stop::Skipped(why)) => Outcome::Skipped { why },
        Err(Stop::NotImplemented(what)) => Outcome::NotImplemented { what },
        Err(Stop::Failed { expected, seen }) => {
            Outcome::Failed(Failure { expected, seen, exchanges: probe.last_exchanges() })
        }
    };
    probe.clean_up().await;
    Entry::new(check, outcome, begin.elapsed())
}
