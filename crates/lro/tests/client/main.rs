//! The client against a scripted server. But for `connection` there are no sockets, and the clock only moves
//! when everyone waits.

mod call;
mod connection;
mod header;
mod outcome;
mod rate;
mod scripted_service;
mod updates;
mod wait;
