//! One server for all tests of a process.

use std::env;
use std::ffi::OsStr;
use std::process::{self, Command};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::programs::on_path;
use crate::watchdog::Watchdog;
use crate::{Cluster, Error, cluster, psql};

/// The variable with the URL of a server that is to be used in place of a private one.
const VARIABLE: &str = "LRO_TEST_POSTGRES";

/// Drops the databases of this process: their names begin with `$2`. `$1` is the URL.
const DROP: &str = r#"
psql --no-psqlrc --quiet --no-align --tuples-only --no-password "$1" --command "
    SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE);', datname) FROM pg_database WHERE starts_with(datname, '$2')
" | psql --no-psqlrc --quiet --no-password "$1"
"#;

/// The server of this process, started at the first call, or nothing if the test is to return at once.
///
/// It is the one of `LRO_TEST_POSTGRES`, a URL whose user may create databases; else a [`Cluster`] that is not durable and
/// takes 400 connections.
///
/// # Panics
///
/// The server does not start or does not answer; or there is none, and `LRO_REQUIRE_TOOLS` is 1.
#[track_caller]
pub fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Result<Server, Error>> = OnceLock::new();
    match SERVER.get_or_init(Server::start) {
        Ok(server) => Some(server),
        Err(error) if error.is_missing() => {
            test_tools::skip(&error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// A server that tests share.
#[derive(Debug)]
pub struct Server {
    place: Place,
    /// What the names of this process begin with, as several may use one server.
    prefix: String,
    next: AtomicU64,
    /// The database of all schemas.
    common: OnceLock<String>,
}

#[derive(Debug)]
enum Place {
    Private(Box<Cluster>),
    Given { url: String, _watchdog: Watchdog },
}

/// A fresh database, dropped with this.
#[derive(Debug)]
pub struct Database {
    server: &'static Server,
    name: String,
}

/// A name for a schema that nobody else uses. The schema does not exist yet; it ends with the process.
#[derive(Debug, Clone)]
pub struct Schema {
    url: String,
    name: String,
}

impl Server {
    fn start() -> Result<Self, Error> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let prefix = format!("test_{:x}_{}_", time.as_millis(), process::id());
        let place = match env::var(VARIABLE) {
            Ok(url) => {
                if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
                    return Err(Error::failed(format!(
                        "{VARIABLE} is no URL that begins with postgresql://"
                    )));
                }
                if on_path("psql").is_none() {
                    return Err(Error::missing("there is no psql on the PATH"));
                }
                psql::run(Command::new("psql"), &url, "SELECT 1")?;
                let arguments = [OsStr::new(&url), OsStr::new(&prefix)];
                Place::Given { _watchdog: Watchdog::new(DROP, &arguments)?, url }
            }
            Err(_) => {
                Place::Private(Box::new(cluster::Builder::new()?.setting("max_connections", "400").start()?))
            }
        };
        Ok(Self { place, prefix, next: AtomicU64::new(0), common: OnceLock::new() })
    }

    /// Where to connect.
    pub fn url(&self, database: &str) -> String {
        match &self.place {
            Place::Private(cluster) => cluster.url(database),
            Place::Given { url, .. } => with_database(url, database),
        }
    }

    /// Makes a database, which takes about a tenth of a second. Where a schema will do, [`schema`](Self::schema) is faster.
    ///
    /// # Panics
    ///
    /// The server does not answer, or its user may not create databases.
    #[track_caller]
    pub fn database(&'static self) -> Database {
        Database { server: self, name: self.create() }
    }

    /// A name for a schema in a database that the tests of this process share. Only the first call makes that database, so
    /// each other one costs nothing.
    ///
    /// # Panics
    ///
    /// As [`database`](Self::database).
    #[track_caller]
    pub fn schema(&self) -> Schema {
        let database = self.common.get_or_init(|| self.create());
        Schema { url: self.url(database), name: self.name() }
    }

    /// Runs statements with psql, in one transaction if there are several, and returns rows as lines with `|` between
    /// columns.
    ///
    /// # Errors
    ///
    /// What psql says.
    pub fn execute(&self, database: &str, sql: &str) -> Result<String, Error> {
        match &self.place {
            Place::Private(cluster) => cluster.execute(database, sql),
            Place::Given { url, .. } => psql::run(Command::new("psql"), &with_database(url, database), sql),
        }
    }

    #[track_caller]
    fn create(&self) -> String {
        let name = self.name();
        if let Err(error) = self.administer(&format!("CREATE DATABASE {}", psql::identifier(&name))) {
            panic!("{error}");
        }
        name
    }

    /// In the database that was there before.
    fn administer(&self, sql: &str) -> Result<String, Error> {
        match &self.place {
            Place::Private(cluster) => cluster.execute("postgres", sql),
            Place::Given { url, .. } => psql::run(Command::new("psql"), url, sql),
        }
    }

    fn name(&self) -> String {
        format!("{}{}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl Database {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// As [`Server::execute`], in this database.
    ///
    /// # Errors
    ///
    /// What psql says.
    pub fn execute(&self, sql: &str) -> Result<String, Error> {
        self.server.execute(&self.name, sql)
    }
}

impl Drop for Database {
    /// Disconnects who is still there. What cannot be dropped now goes with the server, or with the process.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", psql::identifier(&self.name));
        drop(self.server.administer(&sql));
    }
}

impl Schema {
    /// What it is called: small letters, digits and underscores, so that SQL needs no quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where to connect: a database that other tests use too.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The URL of another database of the same server.
fn with_database(url: &str, database: &str) -> String {
    let (before, query) = url.split_once('?').map_or((url, None), |(before, query)| (before, Some(query)));
    let authority = before.find("://").map_or(0, |at| at + 3);
    let end = before[authority..].find('/').map_or(before.len(), |at| authority + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", &before[..end])
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn another_database_of_the_same_server_keeps_everything_else() {
        let of = |url| with_database(url, "new");
        assert_eq!(
            of("postgresql://a:b@host:5433/old?sslmode=require"),
            "postgresql://a:b@host:5433/new?sslmode=require"
        );
        assert_eq!(of("postgres://host"), "postgres://host/new");
        assert_eq!(of("postgres://host?host=/run/x"), "postgres://host/new?host=/run/x");
    }
}
