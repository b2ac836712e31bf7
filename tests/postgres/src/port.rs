//! Free ports for servers that keep theirs while they are down.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use crate::Error;

/// Below the ports that systems give to outgoing connections, one of which could take a port while its server is down.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port on 127.0.0.1 that nobody listens on. Someone may take it before the caller does.
pub(crate) fn free() -> Result<u16, Error> {
    let random = RandomState::new();
    (0..1000_u64)
        .map(|attempt| FIRST + u16::try_from(random.hash_one(attempt) % u64::from(COUNT)).unwrap_or(0))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| Error::failed("no port is free on 127.0.0.1"))
}
