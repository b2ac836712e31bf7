//! What a client promises when servers, proxies and networks are not as they should be, shown on scripted servers. Where a peer has to vanish,
//! `silence` and `connecting` use sockets; everywhere else the clock moves only when every task waits.

mod cadence;
mod carried;
mod clones;
mod connecting;
mod dropped;
mod errors;
mod first_looks;
mod hidden;
mod limits;
mod many_handles;
mod network;
mod progress;
mod proxies;
mod quota;
mod results;
mod settings;
mod silence;
mod sizes;
mod start_again;
mod support;
mod swallowed;
mod tokens;
mod unreachable;
mod wait_refused;
mod wait_shortened;
