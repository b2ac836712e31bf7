//! The statements, written out for a schema.

mod create;
mod partition;
mod queue;
mod read;
mod worker;
mod write;

use tokio_postgres::types::Type;

use crate::Mode;
use crate::database::schema::Form;

/// The present: the time that is given as `$1`, else that of the server, in microseconds.
macro_rules! now {
    () => {
        "coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
    };
}

/// The columns of a view, in the order of [`row`](crate::row), from `operation o`, `unfinished u` and `finished f`.
macro_rules! view {
    () => {
        "o.name, o.method, o.owner, o.request_id, o.exclusive_key, o.labels::text, o.priority, o.max_attempts, o.retry,
         o.deadline, o.retention, o.create_time, coalesce(u.update_time, f.update_time),
         CASE WHEN f.id IS NOT NULL THEN 2::smallint ELSE u.state END, u.not_before,
         coalesce(u.attempt, f.attempt), coalesce(u.unbegun, f.unbegun), u.worker, u.delegate, u.stop,
         CASE WHEN f.id IS NULL THEN u.metadata_type ELSE f.metadata_type END,
         CASE WHEN f.id IS NULL THEN u.metadata ELSE f.metadata END,
         f.response_type, f.response, f.error_code, f.error_message, f.error_details"
    };
}

/// The columns of a record: those of a view, and what only the work needs.
macro_rules! record {
    () => {
        concat!(
            $crate::database::sql::view!(),
            ", o.request_type, o.request, u.checkpoint_type, u.checkpoint"
        )
    };
}

/// Joins the row of a table that has this key, if it has one.
///
/// Each is looked up by the key's index, whatever the planner takes the sizes of tables for: what it takes for small may
/// be full of dead rows, which a long transaction keeps there, and how many rows of a page there are it does not know.
macro_rules! look_up {
    ($table:literal, $row:literal, $key:literal, $value:literal) => {
        concat!(
            "LEFT JOIN LATERAL (SELECT x.* FROM @.",
            $table,
            " x WHERE x.",
            $key,
            " = ",
            $value,
            " OFFSET 0) ",
            $row,
            " ON true"
        )
    };
}

/// How `operation o` stands.
macro_rules! standing_of_o {
    () => {
        concat!(
            $crate::database::sql::look_up!("unfinished", "u", "name", "o.name"),
            " ",
            $crate::database::sql::look_up!("finished", "f", "id", "o.id")
        )
    };
}

/// What `unfinished u` is, in the form of a view.
macro_rules! operation_of_u {
    () => {
        concat!(
            $crate::database::sql::look_up!("operation", "o", "name", "u.name"),
            " LEFT JOIN @.finished f ON false"
        )
    };
}

pub(crate) use {look_up, now, operation_of_u, record, standing_of_o, view};

/// Has the commit of a statement that is a transaction of its own wait for the disk of the server and for no standby. The
/// setting ends with the transaction, and is looked at when that commits.
const LOCAL: &str = "FROM set_config('synchronous_commit', 'local', true)";

/// A statement and the types of its parameters.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) planned: Planned,
    pub(crate) text: String,
    pub(crate) types: Vec<Type>,
}

/// How often a connection has a statement planned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Planned {
    /// Once. The number tells it from all others.
    Once(usize),
    /// Once, as long as few others of its kind are sent: it is written for a call, and calls are alike.
    AmongFew,
    /// Each time.
    EachTime,
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        /// All statements that do not depend on a call.
        #[derive(Debug)]
        pub(crate) struct Queries {
            $($(#[$doc])* pub(crate) $name: Query,)*
        }

        impl Queries {
            /// For the tables of a schema, whose name is quoted already.
            ///
            /// Where the database is PostgreSQL, rows that were just found are reached by where they are, which leaves
            /// the planner no choice, those that others have locked are passed over, and what need not survive a fail-over
            /// waits for no standby. Where a row is says nothing among partitions.
            pub(crate) fn new(schema: &str, mode: Mode, form: Form) -> Self {
                let mut number = 0;
                let mut query = |text: &str| {
                    number += 1;
                    let [locked, row, local] = match mode {
                        Mode::Portable => ["", "name", ""],
                        Mode::Direct | Mode::Pooled => ["SKIP LOCKED", "ctid", LOCAL],
                    };
                    let [spot, id] = match (mode, form) {
                        (Mode::Portable, _) | (_, Form::Partitioned) => ["name", "id"],
                        (Mode::Direct | Mode::Pooled, Form::Plain) => ["ctid", "ctid"],
                    };
                    let unless_taken = match form {
                        Form::Plain => "",
                        Form::Partitioned => partition::UNLESS_TAKEN,
                    };
                    let mut text = text.replace("SKIP LOCKED", locked);
                    for (place, sql) in [
                        ("@row", row),
                        ("@spot", spot),
                        ("@id", id),
                        ("@local", local),
                        ("@unless_taken", unless_taken),
                    ] {
                        text = text.replace(place, sql);
                    }
                    for row in ["d", "f", "o", "x"] {
                        let within = match form {
                            Form::Plain => String::new(),
                            Form::Partitioned => partition::within(row),
                        };
                        text = text.replace(&format!("@within_{row}"), &within);
                    }
                    Query::new(Planned::Once(number), schema, &text)
                };
                Self { $($name: query($text),)* }
            }

            #[cfg(test)]
            fn all(&self) -> Vec<&Query> {
                vec![$(&self.$name,)*]
            }
        }
    };
}

queries! {
    /// Creates operations; answers those that were.
    create = create::CREATE;
    /// What stands in the way of a new operation, by its request or its name.
    in_the_way = create::IN_THE_WAY;
    /// Removes one operation whose retention is over.
    remove_expired = create::REMOVE_EXPIRED;
    /// Who holds a key.
    holder = create::HOLDER;
    /// Those of a key that are not done, locked.
    lock_key = create::LOCK_KEY;
    /// Waits for exclusive locks, in the order that is given.
    lock = create::LOCK;
    /// Waits for shared locks.
    lock_shared = create::LOCK_SHARED;
    /// Takes those locks that are free; which.
    try_lock = create::TRY_LOCK;
    get = read::GET;
    find = read::FIND;
    /// How operations stand that a write did not reach.
    standing = read::STANDING;
    /// Ends running work; answers what ended.
    finish = write::FINISH;
    /// Reports of running work; answers what was written.
    report = write::REPORT;
    /// Reads and locks operations that are not done.
    lock_named = write::LOCK_NAMED;
    /// Writes operations that are locked and go on.
    change = write::CHANGE;
    /// Ends operations that are locked.
    end = write::END;
    /// Locks operations that are not done, without reading them.
    lock_rows = write::LOCK_ROWS;
    delete = write::DELETE;
    /// The methods of those that can be claimed next under keys.
    next_holders = queue::NEXT_HOLDERS;
    /// Marks what is due.
    promote = queue::PROMOTE;
    /// Whether a claim could find something, or mark it.
    any_claimable = queue::ANY_CLAIMABLE;
    /// Claims what has no key; answers nothing if something has.
    claim = queue::CLAIM;
    /// Keys under which something waits that can be claimed.
    claimable_keys = queue::CLAIMABLE_KEYS;
    /// Claims, also under the keys that are locked.
    claim_keyed = queue::CLAIM_KEYED;
    any_past_deadline = queue::ANY_PAST_DEADLINE;
    lock_past_deadline = queue::LOCK_PAST_DEADLINE;
    purge = queue::PURGE;
    any_outdated = queue::ANY_OUTDATED;
    /// A sign of life, which waits for no standby; answers what is asked to stop.
    keep_alive = worker::KEEP_ALIVE;
    leave = worker::LEAVE;
    lock_held = worker::LOCK_HELD;
    held = worker::HELD;
    /// Whether a worker may take back, and from whom.
    lost = worker::LOST;
    declare_gone = worker::DECLARE_GONE;
    forget_workers = worker::FORGET_WORKERS;
    partitions = partition::PARTITIONS;
    begin_partition = partition::BEGIN_PARTITION;
    lock_partitions = partition::LOCK_PARTITIONS;
    is_used = partition::IS_USED;
    turn = partition::TURN;
}

impl Query {
    /// The statement with the schema in place of `@`.
    ///
    /// Each parameter has its type beside it somewhere, as in `$1::bigint`.
    pub(crate) fn new(planned: Planned, schema: &str, text: &str) -> Self {
        Self { planned, text: text.replace("@.", &format!("{schema}.")), types: parameter_types(text) }
    }

    /// The same for one call, with its last parameters written out, so that the planner knows them.
    pub(crate) fn with_last(&self, values: &[i64]) -> Self {
        let kept = self.types.len() - values.len();
        let mut text = self.text.clone();
        for (number, value) in (kept + 1..).zip(values) {
            text = text.replace(&format!("${number}::bigint"), &value.to_string());
        }
        Self { planned: Planned::EachTime, text, types: self.types[..kept].to_vec() }
    }
}

fn parameter_types(text: &str) -> Vec<Type> {
    let mut types = Vec::new();
    while let Some(name) = type_of(text, types.len() + 1) {
        types.push(match name {
            "bigint" => Type::INT8,
            "bigint[]" => Type::INT8_ARRAY,
            "smallint" => Type::INT2,
            "smallint[]" => Type::INT2_ARRAY,
            "integer[]" => Type::INT4_ARRAY,
            "text" => Type::TEXT,
            "text[]" => Type::TEXT_ARRAY,
            "bytea[]" => Type::BYTEA_ARRAY,
            "boolean" => Type::BOOL,
            "boolean[]" => Type::BOOL_ARRAY,
            other => unreachable!("no statement has a parameter of type {other}"),
        });
    }
    types
}

/// The type that stands beside a parameter.
fn type_of(text: &str, number: usize) -> Option<&str> {
    let begin = format!("${number}::");
    let rest = &text[text.find(&begin)? + begin.len()..];
    let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '[' || c == ']')).unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_has_its_type() {
        let forms = [Form::Plain, Form::Partitioned].map(|form| Queries::new("\"lro\"", Mode::Direct, form));
        for query in forms.iter().flat_map(Queries::all) {
            let highest = (1..100).rev().find(|number| {
                query
                    .text
                    .split(&format!("${number}"))
                    .skip(1)
                    .any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            });
            assert_eq!(query.types.len(), highest.unwrap_or(0), "{}", query.text);
            assert!(!query.text.contains('@'), "{}", query.text);
        }
    }

    #[test]
    fn what_is_portable_uses_nothing_of_postgres() {
        for query in Queries::new("\"lro\"", Mode::Portable, Form::Plain).all() {
            assert!(!query.text.contains("SKIP") && !query.text.contains("ctid"), "{}", query.text);
        }
    }
}
