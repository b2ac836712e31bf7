//! The client against scripted services. Only `connection` and `promises` use sockets. In all other tests the clock moves
//! only when every task waits.

mod call;
mod connection;
mod header;
mod list;
mod outcome;
mod promises;
mod rate;
mod rpcs;
mod scripted_service;
mod scripted_streams;
mod streams;
mod updates;
mod wait;
