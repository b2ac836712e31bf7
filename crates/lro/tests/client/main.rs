//! The client against scripted services. Only `blocking`, `connection` and `promises` use sockets. In all other tests the clock moves
//! only when every task waits.

mod blocking;
mod call;
mod connection;
mod header;
mod list;
mod operations;
mod outcome;
mod promises;
mod rate;
mod reference;
mod registry;
mod rpcs;
mod scripted_service;
mod scripted_streams;
mod streams;
mod traces;
mod updates;
mod wait;
