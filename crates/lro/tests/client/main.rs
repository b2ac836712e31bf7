//! The client against a scripted server. But for `connection` there are no sockets, and the clock only moves
//! when everyone waits.

mod call;
mod connection;
mod fake;
mod header;
mod outcome;
mod progress;
mod rate;
mod wait;
