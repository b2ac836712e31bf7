//! The kinds of faults, and which of them can happen to a store.

use std::fmt;
use std::time::Duration;

use clap::ValueEnum;

use crate::backend::Spec;

/// How long a run must be to have a standby take over without being asked to: one takes seconds to be made.
const LONG: Duration = Duration::from_secs(120);

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// A process is killed.
    Kill,
    /// A process is stopped for a while, mostly for longer than its lease.
    Pause,
    /// A process is asked to end, as an upgrade does.
    Drain,
    /// The database server restarts, or is killed or stopped for a while; or its standby is stopped for a while.
    Database,
    /// A synchronous standby takes over from the database server, and gets a standby itself.
    FailOver,
    /// The network between processes and the database fails.
    Network,
    /// Somebody else writes to the file of the database for a while.
    Lock,
    /// The clock that the store goes by steps.
    Clock,
}

impl Fault {
    /// All that can happen to a store in a run of that length, or those that are asked for.
    ///
    /// # Errors
    /// One that is asked for cannot happen to this store.
    pub(crate) fn choose(asked: Option<&[Self]>, store: &Spec, time: Duration) -> Result<Vec<Self>, String> {
        let all = Self::value_variants();
        let Some(asked) = asked else {
            let fits =
                |fault: &Self| fault.can_happen_to(store) && (*fault != Self::FailOver || time >= LONG);
            return Ok(all.iter().copied().filter(fits).collect());
        };
        match asked.iter().find(|fault| !fault.can_happen_to(store)) {
            Some(fault) => Err(format!("{fault} is nothing that can happen to this store in a run")),
            None => Ok(asked.to_vec()),
        }
    }

    fn can_happen_to(self, store: &Spec) -> bool {
        match self {
            Self::Pause => true,
            Self::Kill | Self::Drain => *store != Spec::Memory,
            Self::Database | Self::FailOver | Self::Network => *store == Spec::Postgres,
            Self::Lock => matches!(store, Spec::Sqlite | Spec::SqliteAt(_)),
            Self::Clock => matches!(store, Spec::Sqlite | Spec::SqliteAt(_) | Spec::Postgres),
        }
    }

    /// How often it happens, compared with others. A fail-over has times of its own.
    pub(super) fn weight(self) -> usize {
        match self {
            Self::FailOver => 0,
            Self::Drain | Self::Database | Self::Lock | Self::Clock => 1,
            Self::Network => 2,
            Self::Kill | Self::Pause => 3,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(30);

    #[test]
    fn a_standby_takes_over_in_long_runs_and_where_it_is_asked_for() {
        let chosen = |asked, time| Fault::choose(asked, &Spec::Postgres, time).unwrap();
        assert!(chosen(None, LONG).contains(&Fault::FailOver));
        assert!(!chosen(None, SHORT).contains(&Fault::FailOver));
        assert_eq!(chosen(Some(&[Fault::FailOver]), SHORT), [Fault::FailOver]);
    }

    #[test]
    fn what_cannot_happen_to_a_store_is_not_chosen_and_cannot_be_asked_for() {
        assert_eq!(Fault::choose(None, &Spec::Memory, LONG).unwrap(), [Fault::Pause]);
        let error = Fault::choose(Some(&[Fault::Kill, Fault::FailOver]), &Spec::Sqlite, LONG).unwrap_err();
        assert!(error.contains("fail-over"), "{error}");
    }
}
