//! Whether the SQLite that the program runs with has what the store needs.
//!
//! Without the feature `bundled` that is the library of the system, which may be older than the one that the program was
//! built with.

use rusqlite::{Connection, version, version_number};

use crate::error::Failed;

/// The first SQLite with `STRICT` tables, which are the newest thing that the store uses.
const OLDEST: (i32, &str) = (3_037_000, "3.37");

/// Refuses a library that is too old, or was built without something, before it touches a file.
pub(super) fn check() -> Result<(), Failed> {
    check_version(version_number(), version())?;
    check_json(&Connection::open_in_memory()?)
}

fn check_version(number: i32, name: &str) -> Result<(), Failed> {
    let (oldest, oldest_name) = OLDEST;
    if number >= oldest {
        return Ok(());
    }
    Err(Failed::internal(format!(
        "the SQLite library is version {name}, and the store needs {oldest_name} or newer; install a newer one, or build \
         with the feature `bundled` of lro-sqlite"
    )))
}

/// Functions of JSON can be left out of a library. Before 3.38 they were, unless asked for.
fn check_json(connection: &Connection) -> Result<(), Failed> {
    connection.prepare("SELECT json_valid('{}')").map(drop).map_err(|error| {
        Failed::internal(format!(
            "the SQLite library, version {}, has no functions of JSON ({error}); install one that has, or build with the \
             feature `bundled` of lro-sqlite",
            version()
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

    use super::*;

    fn text(refused: Result<(), Failed>) -> String {
        refused.unwrap_err().0.source().unwrap().to_string()
    }

    #[test]
    fn this_library_will_do() {
        check().unwrap();
    }

    #[test]
    fn versions_before_strict_tables_are_refused() {
        check_version(3_037_000, "3.37.0").unwrap();
        let refused = text(check_version(3_036_999, "3.36.999"));
        for part in ["is version 3.36.999", "3.37 or newer", "`bundled`"] {
            assert!(refused.contains(part), "{refused}");
        }
    }

    #[test]
    fn a_library_without_json_is_refused() {
        let connection = &mut Connection::open_in_memory().unwrap();
        let no_json = |context: AuthContext<'_>| match context.action {
            AuthAction::Function { function_name: "json_valid" } => Authorization::Deny,
            _ => Authorization::Allow,
        };
        connection.authorizer(Some(no_json)).unwrap();
        let refused = text(check_json(connection));
        assert!(refused.contains("JSON") && refused.contains("`bundled`"), "{refused}");
    }
}
