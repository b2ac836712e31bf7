//! The server, as a test sets it up.

use std::sync::{Arc, MutexGuard};

use prost::Message;

use super::call::{Call, Rpc};
use super::fault::Fault;
use super::operation::Script;
use super::shared::{Shared, State, lock};
use super::transport::ScriptedTransport;
use super::waiting::Waiting;
use crate::Method;

/// A server whose operations follow a script, without a port. The [guide](super) has examples.
///
/// Clones are the same server. All settings can be changed at any time, also while calls are under way, and hold for calls that arrive
/// from then on.
#[derive(Debug, Clone)]
pub struct ScriptedServer {
    shared: Arc<Shared>,
}

impl Default for ScriptedServer {
    fn default() -> Self {
        Self::new()
    }
}

impl ScriptedServer {
    /// A server without methods and operations, with which nothing is wrong.
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared::new()) }
    }

    /// Says what calls of `method` start. It replaces what was said before of the same method; calls of a method of which nothing was said
    /// are UNIMPLEMENTED.
    ///
    /// A request with an id (AIP-155) that has started an operation starts none when it comes again, and `script` is not called. A request that
    /// only asks for a check (AIP-163) is answered at once, with the default response.
    pub fn on<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        script: impl Fn(Req) -> Script<Res, Meta> + Send + Sync + 'static,
    ) -> &Self
    where
        Req: Message + Default + 'static,
        Res: Message + 'static,
        Meta: Message + 'static,
    {
        self.state().methods.add(&method, script);
        self
    }

    /// Starts an operation of `method` without a call, and returns its name.
    pub fn start<Req, Res, Meta>(&self, method: Method<Req, Res, Meta>, script: Script<Res, Meta>) -> String
    where
        Res: Message,
        Meta: Message,
    {
        self.state().operations.start(script.plan(&method)).name.clone()
    }

    /// Adds a fault, behind those that there are.
    pub fn fault(&self, fault: Fault) -> &Self {
        lock(&self.shared.faults).push(fault);
        self
    }

    /// Removes all faults. Calls that have met one stay as they are.
    pub fn heal(&self) -> &Self {
        lock(&self.shared.faults).clear();
        self
    }

    /// Says what the server does with `WaitOperation`. Calls that it holds stay as they are.
    pub fn waiting(&self, waiting: Waiting) -> &Self {
        self.state().waiting = waiting;
        self
    }

    /// Limits how many calls one transport has under way at a time; further ones wait for their turn before they reach the server, as over HTTP/2. It holds for
    /// transports that are made from then on. The default is no limit.
    pub fn max_concurrent_streams(&self, streams: usize) -> &Self {
        self.state().max_concurrent_streams = Some(streams);
        self
    }

    /// What clients are made of: `lro::Client`, generated ones, and tonic's own. Clones of it share their streams, as those of a channel do.
    pub fn transport(&self) -> ScriptedTransport {
        let streams = self.state().max_concurrent_streams;
        ScriptedTransport::new(Arc::clone(&self.shared), streams)
    }

    /// All calls that have arrived, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The calls of one RPC that have arrived, in order.
    pub fn calls_of(&self, rpc: Rpc) -> Vec<Call> {
        self.state().calls.iter().filter(|call| call.rpc == rpc).cloned().collect()
    }

    /// How many calls of `WaitOperation` the server holds at this moment.
    pub fn held(&self) -> usize {
        self.shared.held()
    }

    /// How many calls of `WaitOperation` the server has held at one time at most.
    pub fn most_held(&self) -> usize {
        self.shared.most_held()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }
}
