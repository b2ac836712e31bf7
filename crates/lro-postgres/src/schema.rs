//! The tables, version by version.

use lro_store::Error;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::Mode;
use crate::error::Failure;
use crate::locks::Space;

/// What leads from each version to the next, beginning with nothing. `@` stands for the schema.
///
/// A step must leave tables with which processes of the version before can go on working.
const STEPS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// The longest name of a schema, in bytes: PostgreSQL's own limit, less what the name of a channel has before it.
const MAX_LEN: usize = 59;

/// The version of the last step.
pub(crate) const VERSION: i32 = 1;
const _: () = assert!(STEPS.len() == VERSION as usize, "each version has its step");

/// A name as SQL writes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether a schema can have this name.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > MAX_LEN || name.contains('\0') {
        let text = format!("a schema has a name of 1 to {MAX_LEN} bytes without NUL, and {name:?} is none");
        return Err(Error::internal(text));
    }
    Ok(())
}

/// All that makes the tables of the newest version where there are none.
pub(crate) fn sql(schema: &str) -> String {
    let mut text = format!("BEGIN;\n{};\n", create_schema(schema));
    for (version, step) in (1..).zip(STEPS) {
        text.push_str(&step_sql(schema, version, step));
    }
    text.push_str("COMMIT;\n");
    text
}

fn create_schema(schema: &str) -> String {
    format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema))
}

fn step_sql(schema: &str, version: i32, step: &str) -> String {
    let schema = quoted(schema);
    let note = match version {
        1 => format!(
            "CREATE TABLE {schema}.schema_version (version integer NOT NULL);\n\
             INSERT INTO {schema}.schema_version VALUES (1);\n"
        ),
        _ => format!("UPDATE {schema}.schema_version SET version = {version};\n"),
    };
    format!("{}\n{note}", step.replace("@.", &format!("{schema}.")))
}

/// The version of the tables; 0 if there are none.
pub(crate) async fn version(client: &Client, schema: &str) -> Result<i32, Failure> {
    let known = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
        WHERE n.nspname = $1::text AND c.relname = 'schema_version')";
    let is_known: bool = client.query_typed_one(known, &[(&schema, Type::TEXT)]).await?.try_get(0)?;
    if !is_known {
        return Ok(0);
    }
    let read = format!("SELECT version FROM {}.schema_version", quoted(schema));
    Ok(client.query_typed_opt(&read, &[]).await?.map_or(Ok(0), |row| row.try_get(0))?)
}

/// Whether this program can work with tables of that version.
pub(crate) fn check(schema: &str, version: i32) -> Result<(), Error> {
    let text = match version {
        VERSION => return Ok(()),
        0 => format!("the schema {schema} has no operations; run `migrate`, or the SQL of `schema_sql`"),
        older if older < VERSION => {
            format!(
                "the schema {schema} has version {older}, and this program needs {VERSION}; run `migrate`"
            )
        }
        newer => format!(
            "the schema {schema} has version {newer}, and this program knows versions up to {VERSION}; \
             use a newer program"
        ),
    };
    Err(Error::internal(text))
}

/// Brings the tables to the newest version. One process does it at a time, and it happens as a whole or not at all.
pub(crate) async fn migrate(client: &mut Client, schema: &str, mode: Mode) -> Result<(), Failure> {
    let transaction = client.transaction().await?;
    // To wait for another process, or to build an index, may take longer than any call.
    transaction.batch_execute("SET LOCAL statement_timeout = 0").await?;
    if mode != Mode::Portable {
        let lock = Space::new(schema).migration();
        transaction.query_typed("SELECT pg_advisory_xact_lock($1)", &[(&lock, Type::INT8)]).await?;
    }
    let found = version(transaction.client(), schema).await?;
    if found > VERSION {
        check(schema, found)?;
    }
    // Who may not create schemas can still use one that is there.
    let known = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = $1::text)";
    let row = transaction.query_typed_one(known, &[(&schema, Type::TEXT)]).await?;
    if !row.try_get::<_, bool>(0)? {
        transaction.batch_execute(&create_schema(schema)).await?;
    }
    for (number, step) in (1..).zip(STEPS) {
        if number > found {
            transaction.batch_execute(&step_sql(schema, number, step)).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_name_stays_a_name() {
        assert_eq!(quoted("a\"; DROP"), "\"a\"\"; DROP\"");
        assert!(check_name("").is_err() && check_name(&"s".repeat(60)).is_err());
        assert!(check_name(&"s".repeat(59)).is_ok());
        assert!(!sql("mine").contains("@."));
        assert!(sql("mine").contains("CREATE TABLE \"mine\".operation"));
    }

    #[test]
    fn what_is_newer_or_older_is_refused_with_what_to_do() {
        assert!(check("lro", VERSION).is_ok());
        for (version, advice) in [(0, "run `migrate`"), (VERSION + 1, "use a newer program")] {
            let error = check("lro", version).unwrap_err();
            let text = std::error::Error::source(&error).unwrap().to_string();
            assert!(text.ends_with(advice) || text.contains(advice), "{text}");
        }
    }
}
