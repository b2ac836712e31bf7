//! The clock that PostgreSQL goes by, made to step.
//!
//! It is not stepped itself, as it is that of the machine: all sessions find another function `clock_timestamp` before that of
//! the system, which is as far off as a table says. So all times that the store takes step at once, and stay so on a standby
//! that takes over; those of the server itself, for its own timeouts, do not.

use test_postgres::{Cluster, Error};

const SCHEMA: &str = "
    CREATE SCHEMA stepped;
    CREATE TABLE stepped.clock (off interval NOT NULL);
    INSERT INTO stepped.clock VALUES ('0');
    CREATE FUNCTION stepped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT pg_catalog.clock_timestamp() + (SELECT off FROM stepped.clock)'";

/// Makes the function in a database.
///
/// # Errors
/// When the server does not answer, or the function is there already.
pub fn prepare(server: &Cluster, database: &str) -> Result<(), Error> {
    server.execute(database, SCHEMA).map(drop)
}

/// A URL without a query, for sessions that go by that clock.
pub fn url(url: &str) -> String {
    format!("{url}?options=-c%20search_path%3Dstepped,pg_catalog")
}

/// Lets the clock of a database step by so many microseconds.
///
/// # Errors
/// When the server does not answer; the clock may have stepped nevertheless.
pub fn step(server: &Cluster, database: &str, micros: i64) -> Result<(), Error> {
    let sql = format!("UPDATE stepped.clock SET off = off + interval '1 microsecond' * {micros}");
    server.execute(database, &sql).map(drop)
}
