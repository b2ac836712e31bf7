//! What is between a store and its tables.

/// What is between a store and its tables, and so what the store can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// PostgreSQL itself, or a pooler that gives each client a session of its own.
    #[default]
    Direct,
    /// A pooler that gives each transaction another session, such as `PgBouncer` with `pool_mode = transaction`.
    ///
    /// Nothing is prepared, and nothing is set for a session. There are no hints from other processes, so others find
    /// out about changes when they next look. A closure of [`in_transaction`](crate::in_transaction) must use
    /// statements that are not prepared by name (`query_typed`, `execute_typed`, `batch_execute`), unless the pooler
    /// keeps prepared statements. Set `statement_timeout` for the user, as the store cannot: what a call that takes too
    /// long has begun goes on at the server until then.
    Pooled,
    /// A service that speaks the protocol of PostgreSQL and is another database.
    ///
    /// All that is asked for are transactions that are `SERIALIZABLE`: no advisory locks, no `SKIP LOCKED`, no hints from
    /// other processes. Calls that get in each other's way are tried again, which costs much where many claim from one
    /// queue. It is tested on PostgreSQL alone.
    Portable,
}
