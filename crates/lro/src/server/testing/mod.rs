//! Testing handlers and servers.
// The guide's examples use generated code, so they are doctests of the crate that tests generated code.
#![cfg_attr(not(doctest), doc = include_str!("guide.md"))]

mod attempt;
mod clock;
mod ended;
mod recorder;
mod running;
pub mod script;
mod server;

use prost::Message;

pub use self::attempt::Attempt;
pub use self::clock::{TokioClock, memory_store};
pub use self::ended::EndedAttempt;
pub use self::running::RunningAttempt;
pub use self::server::Server;
use crate::Method;
use crate::codegen::Work;

/// Runs a handler to its end, in the first attempt at an operation of `method`: [`Attempt`] has other ones.
///
/// `handler` is the method of the generated trait, such as `LibraryServiceLro::import_books`, or another `async` function of
/// a service, a request and a context. The [guide](self#a-handler-alone) has an example.
///
/// Dropping the future drops the handler where it waits.
///
/// # Panics
/// When the handler does.
pub async fn run<'a, S, Req, Res, Meta, F>(
    method: Method<Req, Res, Meta>,
    service: &'a S,
    handler: F,
    request: Req,
) -> EndedAttempt<Req, Res, Meta>
where
    S: Sync,
    Req: Message + Default + 'static,
    Res: Message + 'static,
    Meta: Message + Default + 'static,
    F: Work<'a, S, Req, Res, Meta> + Send + 'a,
{
    Attempt::new(method).run(service, handler, request).await
}

/// Begins the first attempt at an operation of `method`, for a test that does something while the handler works. What
/// `handler` is says [`run`].
pub fn begin<'a, S, Req, Res, Meta, F>(
    method: Method<Req, Res, Meta>,
    service: &'a S,
    handler: F,
    request: Req,
) -> RunningAttempt<'a, Req, Res, Meta>
where
    S: Sync,
    Req: Message + Default + 'static,
    Res: Message + 'static,
    Meta: Message + Default + 'static,
    F: Work<'a, S, Req, Res, Meta> + Send + 'a,
{
    Attempt::new(method).begin(service, handler, request)
}
