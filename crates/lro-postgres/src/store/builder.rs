//! The settings of a store.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Clock, Error};
use tokio_postgres::{Client, Config};

use crate::call::Shared;
use crate::connections::connect::{Connect, clear};
use crate::connections::pool::Pool;
use crate::database::schema::{Form, Steps};
use crate::database::sql::Queries;
use crate::database::{locks, schema};
use crate::error::Failure;
use crate::hints::{Hints, Listener, listen};
use crate::row::columns;
use crate::{Mode, PostgresStore, partition};

/// Makes a [`PostgresStore`].
#[must_use = "a store is made by `connect`"]
pub struct PostgresStoreBuilder {
    url: String,
    schema: String,
    mode: Mode,
    span: Option<Duration>,
    hints: bool,
    migrates: bool,
    writers: usize,
    readers: usize,
    timeout: Duration,
    application_name: String,
    clock: Option<Box<dyn Clock>>,
    steps: Steps,
    #[cfg(feature = "rustls")]
    roots: Option<rustls::RootCertStore>,
}

impl PostgresStoreBuilder {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            schema: "lro".to_owned(),
            mode: Mode::Direct,
            span: None,
            hints: true,
            migrates: true,
            writers: 3,
            readers: 2,
            timeout: Duration::from_secs(15),
            application_name: "lro".to_owned(),
            clock: None,
            steps: Steps::default(),
            #[cfg(feature = "rustls")]
            roots: None,
        }
    }

    /// The schema with the tables; `lro` by default. Stores of one schema are one store.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// What is between the store and its tables; [`Mode::Direct`] by default.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Keeps operations in partitions, with those of one `span` of creation together, at least a minute; without
    /// partitions by default.
    ///
    /// It is for millions of operations with one retention: a partition in which everything has expired is dropped as
    /// a whole, which leaves nothing for vacuum, where a [`purge`](lro_store::Store::purge) would remove each. Such a
    /// drop does not count for the purge's limit and number. An operation that is not done, or is kept for longer, keeps its
    /// partition; what has expired beside it is then removed in batches, unless all of it goes within two spans.
    ///
    /// - **How many.** There are about as many partitions as the retention has spans, and two more. Whoever reads by name
    ///   or by request looks into each, and so does whoever creates. A dozen is sensible, so for 30 days of retention a
    ///   span of three days; some operations with a much longer retention would keep a partition each.
    /// - **Who makes them.** Purges do, so an engine must run that works; partitions are there before they are needed, and
    ///   where nobody makes new ones, the current one goes on. It takes the right to create in the schema and to act as the
    ///   owner of its tables. One process that has it is enough: others do the rest, and say so if nobody has.
    /// - **What it holds up.** To drop a partition or to begin one, all who are at work on the tables must have ended, so a
    ///   long transaction (a dump, or one with [`create_in`](PostgresStore::create_in)) delays it until a later purge.
    ///   Others wait behind it for a tenth of a second at most for each lock.
    /// - **Uniqueness.** It is as without. Only a transaction of the caller's above `READ COMMITTED` that lasts over the
    ///   beginning of a partition may create with `create_in` what another has created since that transaction began.
    ///
    /// It is decided when the tables are made: all stores of a schema must agree, and connecting to tables of the other form
    /// is an error. The span may change at any time. To move, use another schema, and let processes without partitions work
    /// off what is in the old one. Or, **while no process runs**, run the part of
    /// [`partitioned_schema_sql`](PostgresStore::partitioned_schema_sql) from the line `-- partitions` on as the owner of the
    /// tables, which reads all of them once, and repeat grants to other users.
    ///
    /// There are no partitions in [`Mode::Portable`].
    pub fn partition(mut self, span: Duration) -> Self {
        self.span = Some(span);
        self
    }

    /// Whether stores tell each other of changes, over a connection of its own; they do by default, in
    /// [`Mode::Direct`]. Without, hints reach only readers of this store, and others find out when they next look.
    pub fn hints(mut self, tells: bool) -> Self {
        self.hints = tells;
        self
    }

    /// Whether [`connect`](Self::connect) makes or updates the tables; it does by default. Else it fails where they are
    /// not as this version needs them.
    pub fn migrate_on_connect(mut self, migrates: bool) -> Self {
        self.migrates = migrates;
        self
    }

    /// How many connections are opened at most for calls that write, and for those that only read; 3 and 2 by default, and
    /// each at least 1. One more is for hints.
    ///
    /// A few will do, because concurrent calls are merged into batches.
    pub fn connections(mut self, writers: usize, readers: usize) -> Self {
        self.writers = writers.max(1);
        self.readers = readers.max(1);
        self
    }

    /// How long a call takes at most, with all its tries; 15 seconds by default. What takes longer fails as
    /// unavailable, and may still take effect. It is the limit for connecting too, unless the URL sets another one.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What the server calls the connections, unless the URL names them; `lro` by default.
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = name.into();
        self
    }

    /// Where the store gets the time from; the clock of the server by default. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Makes this a program that is a version newer and knows this step more, for tests of what an upgrade does to the
    /// programs of before. `@.` stands for the schema.
    #[doc(hidden)]
    pub fn next_version(mut self, step: impl Into<String>) -> Self {
        self.steps.add(step.into());
        self
    }

    /// Who may sign the certificate of the server; those that browsers trust by default.
    ///
    /// It counts with `sslmode=require` in the URL, which then checks the certificate and the host, as `verify-full` does
    /// elsewhere. With `prefer`, the default of the URL, connections are encrypted where the server can, and nothing is
    /// checked; with `disable`, they are not encrypted.
    #[cfg(feature = "rustls")]
    pub fn roots(mut self, roots: rustls::RootCertStore) -> Self {
        self.roots = Some(roots);
        self
    }

    /// Makes or updates the tables, and ends. For deployments that do so before anything else starts.
    ///
    /// One process does it at a time, and processes of the version before can go on meanwhile. Cancel-safe: it happens as a
    /// whole or not at all.
    ///
    /// # Errors
    /// As [`connect`](Self::connect); also if the user may not create what is missing.
    pub async fn migrate(self) -> Result<(), Error> {
        let (config, connect) = self.config()?;
        let mut client = self.within(open(&*connect, &config)).await?;
        Ok(self.steps.migrate(&mut client, &self.schema, self.mode, self.form()).await?)
    }

    /// Connects to the database, and makes or updates the tables unless it is told not to.
    ///
    /// Cancel-safe, as [`migrate`](Self::migrate).
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached now. `internal`, with a text that says what to do, if the URL is
    /// none, the password is wrong, or the tables are missing, of another version or of the other form
    /// ([`partition`](Self::partition)).
    pub async fn connect(self) -> Result<PostgresStore, Error> {
        let (config, connect) = self.config()?;
        let mut client = self.within(open(&*connect, &config)).await?;
        if self.migrates && schema::version(&client, &self.schema).await? < self.steps.version() {
            self.steps.migrate(&mut client, &self.schema, self.mode, self.form()).await?;
        }
        self.steps.check(&self.schema, schema::version(&client, &self.schema).await?)?;
        schema::check_form(&client, &self.schema, self.form()).await?;
        drop(client);
        let hints = Arc::new(Hints::default());
        let task = if self.hints && self.mode == Mode::Direct {
            let channel = format!("lro_{}", self.schema);
            let listener = Listener { config: config.clone(), connect: Arc::clone(&connect), channel };
            let listening = async { Ok(listen(&hints, listener).await.map_err(Failure::from)?) };
            Some(self.within(listening).await?)
        } else {
            None
        };
        let schema = schema::quoted(&self.schema);
        let pool = |size, cancels| {
            Pool::new(config.clone(), Arc::clone(&connect), self.mode, self.timeout, size, cancels)
        };
        let shared = Shared {
            writers: pool(self.writers, false),
            readers: pool(self.readers, true),
            queries: Queries::new(&schema, self.mode, self.form()),
            locks: locks::Space::new(&self.schema),
            schema,
            mode: self.mode,
            span: self.span.map(columns::micros),
            clock: self.clock,
            timeout: self.timeout,
            hints,
        };
        Ok(PostgresStore::new(Arc::new(shared), self.writers, self.readers, task))
    }

    fn form(&self) -> Form {
        if self.span.is_some() { Form::Partitioned } else { Form::Plain }
    }

    /// What a server that does not answer would let wait for ever.
    async fn within<T>(&self, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let late = |_| Error::unavailable(format!("the server has not answered for {:?}", self.timeout));
        tokio::time::timeout(self.timeout, step).await.map_err(late)?
    }

    #[cfg(feature = "rustls")]
    fn connector(&self, config: &Config) -> Result<Arc<dyn Connect>, Error> {
        use tokio_postgres::config::SslMode;

        Ok(match config.get_ssl_mode() {
            SslMode::Disable => Arc::new(clear()),
            SslMode::Prefer => Arc::new(crate::connections::tls::opportunistic().map_err(Error::internal)?),
            _ => Arc::new(crate::connections::tls::verified(self.roots.clone()).map_err(Error::internal)?),
        })
    }

    /// A URL that requires encryption is refused when connecting.
    #[cfg(not(feature = "rustls"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the other one needs them")]
    fn connector(&self, _: &Config) -> Result<Arc<dyn Connect>, Error> {
        Ok(Arc::new(clear()))
    }

    fn config(&self) -> Result<(Config, Arc<dyn Connect>), Error> {
        schema::check_name(&self.schema)?;
        if self.span.is_some_and(|span| span < partition::SHORTEST) {
            return Err(Error::internal("a partition has a span of a minute at least"));
        }
        if self.span.is_some() && self.mode == Mode::Portable {
            return Err(Error::internal(
                "there are no partitions in `Mode::Portable`; leave `partition` out",
            ));
        }
        let mut config = Config::from_str(&self.url)
            .map_err(|error| Error::internal(format!("the URL of the database is wrong: {error}")))?;
        if config.get_application_name().is_none() {
            config.application_name(&self.application_name);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(self.timeout);
        }
        let connect = self.connector(&config)?;
        Ok((config, connect))
    }
}

/// One connection for a moment.
async fn open(connect: &dyn Connect, config: &Config) -> Result<Client, Error> {
    use futures_util::StreamExt as _;

    let (client, mut driver) = connect.connect(config).await.map_err(Failure::from)?;
    tokio::spawn(async move { while let Some(Ok(_)) = driver.next().await {} });
    Ok(client)
}

impl fmt::Debug for PostgresStoreBuilder {
    /// Keeps the password out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStoreBuilder")
            .field("schema", &self.schema)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
