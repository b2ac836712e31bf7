//! The tables, version by version.

use lro_store::Error;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::Mode;
use crate::database::locks::Space;
use crate::error::Failure;

/// What leads from each version to the next, beginning with nothing. `@` stands for the schema.
///
/// A step must leave tables with which processes of the version before can go on working.
const STEPS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// What is run after the first step for tables with partitions.
const PARTITIONS: &str = include_str!("migrations/partitions.sql");

/// How the tables are that are written once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Whole.
    Plain,
    /// In partitions by id.
    Partitioned,
}

/// The longest name of a schema, in bytes: PostgreSQL's own limit, less what the name of a channel has before it.
const MAX_LEN: usize = 59;

/// The version of the last step.
pub(crate) const VERSION: i32 = 1;
const _: () = assert!(STEPS.len() == VERSION as usize, "each version has its step");

/// The steps that a program knows.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// Those of versions that are yet to come. Only tests have them.
    later: Vec<String>,
}

impl Steps {
    pub(crate) fn add(&mut self, step: String) {
        self.later.push(step);
    }

    /// The version that they lead to.
    pub(crate) fn version(&self) -> i32 {
        self.all().map(|(version, _)| version).last().unwrap_or(VERSION)
    }

    fn all(&self) -> impl Iterator<Item = (i32, &str)> {
        (1..).zip(STEPS.into_iter().chain(self.later.iter().map(String::as_str)))
    }

    /// Whether this program can work with tables of that version.
    pub(crate) fn check(&self, schema: &str, found: i32) -> Result<(), Error> {
        let known = self.version();
        if found == known {
            return Ok(());
        }
        Err(Error::internal(if found == 0 {
            format!("the schema {schema} has no operations; run `migrate`, or the SQL of `schema_sql`")
        } else if found < known {
            format!("the schema {schema} has version {found}, and this program needs {known}; run `migrate`")
        } else {
            format!(
                "the schema {schema} has version {found}, and this program knows versions up to {known}; \
                 use a newer program"
            )
        }))
    }

    /// Brings the tables to the newest version. One process does it at a time, and it happens as a whole or not at all.
    pub(crate) async fn migrate(
        &self,
        client: &mut Client,
        schema: &str,
        mode: Mode,
        form: Form,
    ) -> Result<(), Failure> {
        let transaction = client.transaction().await?;
        // To wait for another process, or to build an index, may take longer than any call.
        transaction.batch_execute("SET LOCAL statement_timeout = 0").await?;
        if mode != Mode::Portable {
            let lock = Space::new(schema).migration();
            transaction.query_typed("SELECT pg_advisory_xact_lock($1)", &[(&lock, Type::INT8)]).await?;
        }
        let found = version(transaction.client(), schema).await?;
        if found > self.version() {
            self.check(schema, found)?;
        }
        if found > 0 {
            check_form(transaction.client(), schema, form).await?;
        }
        // Who may not create schemas can still use one that is there.
        let known = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = $1::text)";
        let row = transaction.query_typed_one(known, &[(&schema, Type::TEXT)]).await?;
        if !row.try_get::<_, bool>(0)? {
            transaction.batch_execute(&create_schema(schema)).await?;
        }
        for (number, step) in self.all() {
            if number > found {
                transaction.batch_execute(&step_sql(schema, number, step, form)).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

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
pub(crate) fn sql(schema: &str, form: Form) -> String {
    let mut text = format!("BEGIN;\n{};\n", create_schema(schema));
    for (version, step) in (1..).zip(STEPS) {
        text.push_str(&step_sql(schema, version, step, form));
    }
    text.push_str("COMMIT;\n");
    text
}

fn create_schema(schema: &str) -> String {
    format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema))
}

fn step_sql(schema: &str, version: i32, step: &str, form: Form) -> String {
    let schema = quoted(schema);
    let partitions = if version == 1 && form == Form::Partitioned { PARTITIONS } else { "" };
    let note = match version {
        1 => format!(
            "CREATE TABLE {schema}.schema_version (version integer NOT NULL);\n\
             INSERT INTO {schema}.schema_version VALUES (1);\n"
        ),
        _ => format!("UPDATE {schema}.schema_version SET version = {version};\n"),
    };
    let within = |sql: &str| sql.replace("@.", &format!("{schema}."));
    format!("{}\n{note}{}", within(step), within(partitions))
}

/// Whether the tables, which are there, have the form that this program was told of: its statements are for that.
pub(crate) async fn check_form(client: &Client, schema: &str, form: Form) -> Result<(), Failure> {
    let found =
        if has_table(client, schema, "partitioning").await? { Form::Partitioned } else { Form::Plain };
    if found == form {
        return Ok(());
    }
    Err(Failure::Store(Error::internal(match found {
        Form::Partitioned => format!(
            "the operations of the schema {schema} are in partitions; say so with `partition`, or use another schema"
        ),
        Form::Plain => format!(
            "the operations of the schema {schema} are not in partitions; leave `partition` out, use another schema, or \
             move them as the documentation of `partition` says"
        ),
    })))
}

/// The version of the tables; 0 if there are none.
pub(crate) async fn version(client: &Client, schema: &str) -> Result<i32, Failure> {
    if !has_table(client, schema, "schema_version").await? {
        return Ok(0);
    }
    let read = format!("SELECT version FROM {}.schema_version", quoted(schema));
    Ok(client.query_typed_opt(&read, &[]).await?.map_or(Ok(0), |row| row.try_get(0))?)
}

async fn has_table(client: &Client, schema: &str, table: &str) -> Result<bool, Failure> {
    let known = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
        WHERE n.nspname = $1::text AND c.relname = $2::text)";
    let row = client.query_typed_one(known, &[(&schema, Type::TEXT), (&table, Type::TEXT)]).await?;
    Ok(row.try_get(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_name_stays_a_name() {
        assert_eq!(quoted("a\"; DROP"), "\"a\"\"; DROP\"");
        assert!(check_name("").is_err() && check_name(&"s".repeat(60)).is_err());
        assert!(check_name(&"s".repeat(59)).is_ok());
        for form in [Form::Plain, Form::Partitioned] {
            let sql = sql("mine", form);
            assert!(!sql.contains("@."));
            assert!(sql.contains("CREATE TABLE \"mine\".operation"));
            assert_eq!(sql.contains("\n-- partitions\n"), form == Form::Partitioned);
        }
    }

    #[test]
    fn what_is_newer_or_older_is_refused_with_what_to_do() {
        let steps = Steps::default();
        assert!(steps.check("lro", VERSION).is_ok());
        for (version, advice) in [(0, "run `migrate`"), (VERSION + 1, "use a newer program")] {
            let error = steps.check("lro", version).unwrap_err();
            let text = std::error::Error::source(&error).unwrap().to_string();
            assert!(text.ends_with(advice) || text.contains(advice), "{text}");
        }
    }
}
