//! One connection, and what it has prepared.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, join_all};
use tokio::task::AbortHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement, Transaction};

use crate::Mode;
use crate::connections::connect::Driver;
use crate::database::sql::{Planned, Query};

pub(crate) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A statement with its parameters.
pub(crate) type Step<'a> = (&'a Query, Parameters<'a>);

/// How many statements that were written for calls a connection keeps.
const FEW: usize = 64;

/// A connection to the database.
#[derive(Debug)]
pub(crate) struct Connection {
    client: Client,
    mode: Mode,
    prepared: Mutex<Prepared>,
    /// Whether a transaction has begun and its end is not known.
    open: AtomicBool,
    driver: AbortHandle,
}

impl Connection {
    /// Takes over a connection that was just opened. A task moves its bytes until it breaks or is dropped.
    pub(crate) fn new(client: Client, mut driver: Driver, mode: Mode) -> Self {
        let task = tokio::spawn(async move {
            while let Some(message) = driver.next().await {
                if let Err(error) = message {
                    tracing::debug!(%error, "a connection to PostgreSQL has broken");
                    break;
                }
            }
        });
        Self {
            client,
            mode,
            prepared: Mutex::default(),
            open: AtomicBool::new(false),
            driver: task.abort_handle(),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// For a transaction that a caller's code writes in.
    pub(crate) fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Whether the connection can take a call.
    pub(crate) fn is_usable(&self) -> bool {
        !self.client.is_closed() && !self.open.load(Ordering::Relaxed)
    }

    /// Whether a transaction has begun and its end is not known.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Runs one statement.
    pub(crate) async fn rows(&self, query: &Query, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        self.prepare(&[(query, parameters)]).await?;
        self.send(query, parameters).await
    }

    /// Runs statements in a transaction of their own, all of it sent at once. The rows of each.
    pub(crate) async fn transact(&self, begin: Begin, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        self.run(Some(begin), steps, true).await
    }

    /// Begins a transaction with these statements.
    pub(crate) async fn begin(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        self.run(Some(Begin::Durable), steps, false).await
    }

    /// Runs more statements of the transaction.
    pub(crate) async fn go_on(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        self.run(None, steps, false).await
    }

    /// Runs the last statements of the transaction and commits it.
    pub(crate) async fn commit(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        self.run(None, steps, true).await
    }

    /// Gives up a transaction that has begun, if there is one.
    pub(crate) async fn roll_back(&self) -> Result<(), Error> {
        if self.is_open() {
            self.client.batch_execute("ROLLBACK").await?;
            self.open.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn run(
        &self,
        begin: Option<Begin>,
        steps: &[Step<'_>],
        commits: bool,
    ) -> Result<Vec<Vec<Row>>, Error> {
        // What is not prepared would be sent late, behind what comes after it.
        self.prepare(steps).await?;
        let mut calls: Vec<BoxFuture<'_, Result<Vec<Row>, Error>>> = Vec::with_capacity(steps.len() + 2);
        if let Some(begin) = begin {
            calls.push(Box::pin(self.simple(begin.sql(self.mode))));
            self.open.store(true, Ordering::Relaxed);
        }
        for (query, parameters) in steps {
            calls.push(Box::pin(self.send(query, parameters)));
        }
        if commits {
            calls.push(Box::pin(self.simple("COMMIT")));
        }
        // Each call sends its statement when it is first polled, which happens in their order.
        let mut answers = join_all(calls).await;
        if commits {
            // After a failure, COMMIT has rolled back, and says nothing of it.
            let ended = answers.pop();
            if ended.as_ref().is_some_and(Result::is_ok) {
                self.open.store(false, Ordering::Relaxed);
            }
            answers.extend(ended.filter(Result::is_err));
        }
        let skipped = usize::from(begin.is_some());
        let mut rows: Vec<Vec<Row>> = answers.into_iter().collect::<Result<_, _>>()?;
        Ok(rows.split_off(skipped))
    }

    async fn simple(&self, sql: &str) -> Result<Vec<Row>, Error> {
        self.client.batch_execute(sql).await.map(|()| Vec::new())
    }

    async fn send(&self, query: &Query, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        let prepared = self.prepared().get(query);
        match prepared {
            Some(statement) => self.client.query(&statement, parameters).await,
            None => self.client.query_typed(&query.text, &typed(query, parameters)).await,
        }
    }

    /// Prepares what is not prepared yet, where statements can be.
    async fn prepare(&self, steps: &[Step<'_>]) -> Result<(), Error> {
        if self.mode == Mode::Pooled {
            return Ok(());
        }
        for (query, _) in steps {
            if matches!(query.planned, Planned::EachTime) || self.prepared().get(query).is_some() {
                continue;
            }
            let statement = self.client.prepare_typed(&query.text, &query.types).await?;
            self.prepared().insert(query, statement);
        }
        Ok(())
    }

    /// Nothing panics while this lock is held.
    fn prepared(&self) -> MutexGuard<'_, Prepared> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statements that a connection has planned.
#[derive(Debug, Default)]
struct Prepared {
    once: HashMap<usize, Statement>,
    among_few: HashMap<String, Statement>,
}

impl Prepared {
    fn get(&self, query: &Query) -> Option<Statement> {
        match query.planned {
            Planned::Once(number) => self.once.get(&number),
            Planned::AmongFew => self.among_few.get(&query.text),
            Planned::EachTime => None,
        }
        .cloned()
    }

    fn insert(&mut self, query: &Query, statement: Statement) {
        match query.planned {
            Planned::Once(number) => drop(self.once.insert(number, statement)),
            Planned::AmongFew => {
                if self.among_few.len() >= FEW {
                    // Callers choose what is asked for. What is asked for often is soon here again.
                    self.among_few.clear();
                }
                self.among_few.insert(query.text.clone(), statement);
            }
            Planned::EachTime => {}
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A server that does not answer would keep the task, and the connection, for long.
        if self.open.load(Ordering::Relaxed) {
            self.driver.abort();
        }
    }
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Its commit waits until it is written through, as the server is set.
    Durable,
    /// Its commit waits for the disk of the server and for no standby: a fail-over may lose it.
    Local,
    /// Its commit waits for nothing: a crash of the server may lose it.
    Fleeting,
}

impl Begin {
    pub(crate) const fn sql(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (Self::Durable, Mode::Portable) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            (Self::Local, Mode::Portable) => {
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL synchronous_commit = local"
            }
            (Self::Fleeting, Mode::Portable) => {
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL synchronous_commit = off"
            }
            (Self::Durable, Mode::Direct | Mode::Pooled) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            (Self::Local, Mode::Direct | Mode::Pooled) => {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = local"
            }
            (Self::Fleeting, Mode::Direct | Mode::Pooled) => {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = off"
            }
        }
    }
}

/// Where statements of a transaction are run: on a connection of the store, or in the transaction of a caller.
#[derive(Clone, Copy)]
pub(crate) enum Executor<'a> {
    Own(&'a Connection),
    Callers(&'a Transaction<'a>),
}

impl Executor<'_> {
    /// Runs statements in their order, sent at once.
    pub(crate) async fn all(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        match self {
            Self::Own(connection) => connection.go_on(steps).await,
            Self::Callers(transaction) => {
                let send = async |step: &Step<'_>| {
                    let (query, parameters) = *step;
                    transaction.query_typed(&query.text, &typed(query, parameters)).await
                };
                join_all(steps.iter().map(send)).await.into_iter().collect()
            }
        }
    }

    /// Runs one statement.
    pub(crate) async fn one(&self, query: &Query, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        Ok(self.all(&[(query, parameters)]).await?.pop().unwrap_or_default())
    }
}

fn typed<'a>(query: &Query, parameters: Parameters<'a>) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters.iter().copied().zip(query.types.iter().cloned()).collect()
}
