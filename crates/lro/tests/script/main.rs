//! Scripted servers, asked through tonic's own client of `google.longrunning.Operations`: what they answer does not depend on the client
//! that they are there to test. The clock moves only when every task waits.

mod faults;
mod life;
mod lists;
mod record;
mod start;
mod streams;
mod support;
mod waiting;
