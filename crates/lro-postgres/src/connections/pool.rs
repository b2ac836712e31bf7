//! The connections of a store.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::Error;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tokio_postgres::Config;

use crate::Mode;
use crate::connections::connect::Connect;
use crate::connections::connection::Connection;
use crate::error::Failure;

/// After a failure to connect, the first time for which nobody tries again, and the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A few connections, opened when they are wanted and kept.
#[derive(Debug)]
pub(crate) struct Pool {
    config: Config,
    connect: Arc<dyn Connect>,
    mode: Mode,
    /// What is set for each session; nothing where transactions have no session of their own.
    settings: Option<String>,
    /// Whether a server is asked to give up what it still does for a call that takes too long.
    ///
    /// Nothing that may commit is cancelled: while a commit waits for a synchronous standby, a cancellation ends the waiting and
    /// not the commit. Then others see it, and are told of what is lost if that standby takes over. What waits for
    /// anything else ends by the time that statements have.
    cancels: bool,
    permits: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Connection>,
    outage: Option<Outage>,
}

/// Why there is no connection, and until when nobody tries to get one.
#[derive(Debug, Clone)]
struct Outage {
    error: Error,
    pause: Duration,
    until: Instant,
}

/// A connection that one call has to itself.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub(crate) fn new(
        config: Config,
        connect: Arc<dyn Connect>,
        mode: Mode,
        timeout: Duration,
        size: usize,
        cancels: bool,
    ) -> Self {
        let settings = (mode != Mode::Pooled).then(|| settings(timeout));
        Self {
            config,
            connect,
            mode,
            settings,
            cancels,
            permits: Semaphore::new(size.max(1)),
            state: Mutex::default(),
        }
    }

    /// A connection, as soon as one is free.
    ///
    /// While there is no server, calls fail at once between the tries to reach it.
    pub(crate) async fn lease(&self) -> Result<Lease<'_>, Error> {
        let permit = self.permits.acquire().await.map_err(Error::internal)?;
        let connection = match self.idle()? {
            Some(connection) => connection,
            None => self.open().await?,
        };
        Ok(Lease { pool: self, connection: Some(connection), _permit: permit })
    }

    /// A connection that was used before; an error while nobody tries to open one.
    fn idle(&self) -> Result<Option<Connection>, Error> {
        let mut state = self.state();
        while let Some(connection) = state.idle.pop() {
            if connection.is_usable() {
                return Ok(Some(connection));
            }
        }
        match &state.outage {
            Some(outage) if Instant::now() < outage.until => Err(outage.error.clone()),
            _ => Ok(None),
        }
    }

    async fn open(&self) -> Result<Connection, Error> {
        match self.session().await {
            Ok(connection) => {
                self.state().outage = None;
                Ok(connection)
            }
            Err(error) => {
                let error = Error::from(Failure::from(error));
                let mut state = self.state();
                let pause =
                    state.outage.take().map_or(SHORTEST_PAUSE, |outage| outage.pause * 2).min(LONGEST_PAUSE);
                state.outage = Some(Outage { error: error.clone(), pause, until: Instant::now() + pause });
                Err(error)
            }
        }
    }

    async fn session(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, driver) = self.connect.connect(&self.config).await?;
        let connection = Connection::new(client, driver, self.mode);
        if let Some(settings) = &self.settings {
            connection.client().batch_execute(settings).await?;
        }
        Ok(connection)
    }

    /// Nothing panics while this lock is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets what sessions are to have, unless the URL has set it.
///
/// Statements look few rows up by indexes, or walk along the one that has their order, and are planned once. What tables
/// were like then must not decide how, as they grow. It is no part of how a session begins, because poolers refuse
/// settings there.
fn settings(timeout: Duration) -> String {
    let timeout = timeout.as_millis().max(1);
    format!(
        "SELECT set_config(s.name, v.setting, false) FROM pg_catalog.pg_settings s JOIN (VALUES ('jit', 'off'),
            ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
            ('enable_bitmapscan', 'off'), ('enable_sort', 'off'),
            ('plan_cache_mode', 'force_generic_plan'), ('statement_timeout', '{timeout}'),
            ('idle_in_transaction_session_timeout', '{}')
        ) v(name, setting) ON v.name = s.name WHERE s.source <> 'client'",
        timeout * 2
    )
}

impl Lease<'_> {
    /// Drops the connection, and asks the server to give up what it still does for it, where that can do no harm.
    pub(crate) fn discard(mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.pool.cancels) {
            let cancel = self.pool.connect.cancel(connection.client().cancel_token());
            tokio::spawn(async move {
                // A server that does not answer has nothing to give up.
                let _ = tokio::time::timeout(Duration::from_secs(5), cancel).await;
            });
        }
    }
}

impl Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a lease has its connection until it is discarded")
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a lease has its connection until it is discarded")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(Connection::is_usable) {
            self.pool.state().idle.push(connection);
        }
    }
}
