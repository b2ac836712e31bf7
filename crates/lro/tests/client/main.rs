//! The client against a scripted service. Only `connection` uses sockets. In all other tests the clock moves
//! only when every task waits.

mod call;
mod connection;
mod header;
mod outcome;
mod rate;
mod scripted_service;
mod updates;
mod wait;
