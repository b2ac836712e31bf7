//! What the SQLite store promises beyond `Store`. That it is a store is shown by the suite.

mod bounds;
mod checks;
mod damage;
mod full;
mod group;
mod kill;
mod leave;
mod lists;
mod maintenance;
mod others;
mod process;
mod schema;
mod support;
mod transactions;
mod uncommitted;
