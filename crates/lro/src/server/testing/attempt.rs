//! An attempt that is about to begin.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use lro_store::{Holder, Owner, Payload, State, View, ViewParts, WorkerId};
use prost::{Message, Name};

use super::recorder;
use super::{EndedAttempt, RunningAttempt};
use crate::codegen::Work;
use crate::server::context::{self, Context, Sink};
use crate::server::convert;
use crate::server::settings::{OnDelete, Settings};
use crate::server::start;
use crate::server::state::random::Random;
use crate::server::state::run::Run;
use crate::server::status::Errors;
use crate::{Method, Start, payload};

/// An attempt at an operation that is about to begin: what its handler will find in its [`Context`].
///
/// Unless told otherwise it is the first attempt, of an operation that the default [`Start`] has started, of nobody.
#[must_use = "an attempt does nothing until it begins"]
pub struct Attempt<Req, Res, Meta> {
    method: Method<Req, Res, Meta>,
    parts: ViewParts,
    checkpoint: Option<Payload>,
}

impl<Req, Res, Meta> Attempt<Req, Res, Meta>
where
    Req: Message + Default + 'static,
    Res: Message + 'static,
    Meta: Message + Default + 'static,
{
    /// The first attempt at an operation of `method`.
    pub fn new(method: Method<Req, Res, Meta>) -> Self {
        Self { method, parts: started(method, Start::new()), checkpoint: None }
    }

    /// Has the operation started so: its parent, labels, deadline, attempts and retries, exclusive key, and its
    /// metadata, unless there is [`last_progress`](Self::last_progress). A start hook can be called for it, as any
    /// other function of the service.
    ///
    /// # Panics
    /// When the engine would refuse such a start; the message says why.
    pub fn start(mut self, start: Start<Meta>) -> Self {
        let before = std::mem::replace(&mut self.parts, started(self.method, start));
        self.parts.metadata = before.metadata.or(self.parts.metadata);
        (self.parts.owner, self.parts.state) = (before.owner, before.state);
        self
    }

    /// Makes it the attempt of this number, from 1.
    ///
    /// # Panics
    /// When the number is 0.
    pub fn number(mut self, number: u32) -> Self {
        let number = lro_store::Attempt::new(number).expect("the number of an attempt is at least 1");
        self.parts.state = running(number);
        self
    }

    /// Makes it the operation of this owner.
    ///
    /// # Panics
    /// When the text is none that an owner can have.
    pub fn owner(mut self, owner: &str) -> Self {
        self.parts.owner =
            Owner::new(owner).unwrap_or_else(|error| panic!("{owner:?} cannot be an owner: {error}"));
        self
    }

    /// What an earlier attempt has reported last.
    pub fn last_progress(mut self, metadata: &Meta) -> Self {
        self.parts.metadata = Some(convert::to_payload(payload::pack(self.method.metadata_type(), metadata)));
        self
    }

    /// The checkpoint of an earlier attempt.
    pub fn last_checkpoint<T: Message + Name>(mut self, checkpoint: &T) -> Self {
        self.checkpoint = Some(convert::to_payload(payload::pack(&T::full_name(), checkpoint)));
        self
    }

    /// Runs the handler to its end.
    ///
    /// Dropping the future drops the handler where it waits.
    ///
    /// # Panics
    /// When the handler does, and when the attempt's number is greater than the operation's attempts.
    pub async fn run<'a, S, F>(self, service: &'a S, handler: F, request: Req) -> EndedAttempt<Req, Res, Meta>
    where
        S: Sync,
        F: Work<'a, S, Req, Res, Meta> + Send + 'a,
    {
        self.begin(service, handler, request).finish().await
    }

    /// Begins, for a test that does something while the handler works: see [`RunningAttempt`].
    ///
    /// # Panics
    /// When the attempt's number is greater than the operation's attempts.
    pub fn begin<'a, S, F>(
        self,
        service: &'a S,
        handler: F,
        request: Req,
    ) -> RunningAttempt<'a, Req, Res, Meta>
    where
        S: Sync,
        F: Work<'a, S, Req, Res, Meta> + Send + 'a,
    {
        let view = self.view();
        let Self { method, parts, checkpoint } = self;
        let fence = view.fence().expect("it runs");
        let run = Arc::new(Run::new(fence, view.clone(), OnDelete::default()));
        let (channel, reports) = recorder::channel();
        let attempt = Arc::new(context::Attempt::new(
            Arc::clone(&run),
            view,
            checkpoint.clone(),
            Sink::Recorder(Arc::new(channel)),
            errors(),
            Settings::default().max_payload_size,
        ));
        let context = Context::new(attempt, method.metadata_type());
        let work = Box::pin(async move { handler(service, request, context).await });
        RunningAttempt::new(Self { method, parts, checkpoint }, run, work, reports)
    }

    pub(super) fn method(&self) -> Method<Req, Res, Meta> {
        self.method
    }

    /// The operation as the handler's context has it.
    pub(super) fn view(&self) -> View {
        View::from_parts(self.parts.clone()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The attempt after this one, which has reported this last, if anything.
    pub(super) fn next(&self, progress: Option<Payload>, checkpoint: Option<Payload>) -> Self {
        let mut parts = self.parts.clone();
        if let State::Running { attempt, .. } = &mut parts.state {
            *attempt = attempt.next();
        }
        parts.metadata = progress.or(parts.metadata);
        Self { method: self.method, parts, checkpoint: checkpoint.or_else(|| self.checkpoint.clone()) }
    }
}

impl<Req, Res, Meta> fmt::Debug for Attempt<Req, Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("name", &self.parts.name)
            .field("method", &self.method)
            .field("state", &self.parts.state)
            .finish_non_exhaustive()
    }
}

/// An operation that was started so and runs in its first attempt.
fn started<Req, Res, Meta>(method: Method<Req, Res, Meta>, start: Start<Meta>) -> ViewParts
where
    Req: Message + Default,
    Res: Message + 'static,
    Meta: Message,
{
    // The request is no part of what a handler sees in its context.
    let request = Req::default();
    let path = method.path().into();
    let (settings, random) = (Settings::default(), Random::default());
    let operation = start::assemble(&errors(), &settings, &random, path, method, &request, start)
        .unwrap_or_else(|status| panic!("the operation cannot be started so: {}", status.message()));
    let mut parts = operation.into_record(SystemTime::now().into(), true).view.into_parts();
    parts.state = running(lro_store::Attempt::FIRST);
    parts
}

fn running(attempt: lro_store::Attempt) -> State {
    State::Running { holder: Holder::Worker(WorkerId::new("test")), attempt, stop: None }
}

fn errors() -> Errors {
    Errors::new("lro".into())
}
