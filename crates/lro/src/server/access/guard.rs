//! How the rest of the server asks who calls and what they may do.

use std::fmt;
use std::sync::Arc;

use lro_store::{OperationName, Owner, View};
use tonic::{Request, Status};

use super::{Access, Action, Authorizer, Caller, Everyone, OwnersOnly};
use crate::server::status::Errors;

/// From a request without its message to who sends it.
pub(in crate::server) type Identify = dyn Fn(&Request<()>) -> Result<Caller, Status> + Send + Sync;

/// Knows callers, and what they may do.
#[derive(Clone)]
pub(in crate::server) struct Guard {
    /// `None` where all callers are anonymous.
    identify: Option<Arc<Identify>>,
    authorizer: Arc<dyn Authorizer>,
    /// Nobody is asked.
    is_open: bool,
    errors: Errors,
}

impl Guard {
    /// Without an authorizer, who tells callers apart keeps them apart.
    pub(in crate::server) fn new(
        identify: Option<Arc<Identify>>,
        authorizer: Option<Arc<dyn Authorizer>>,
        errors: Errors,
    ) -> Self {
        let authorizer = authorizer.unwrap_or_else(|| match identify {
            Some(_) => Arc::new(OwnersOnly),
            None => Arc::new(Everyone),
        });
        let is_open = authorizer.is_open();
        Self { identify, authorizer, is_open, errors }
    }

    /// Whether this caller may do everything, so that nobody has to be asked.
    pub(in crate::server) fn is_open_to(&self, caller: &Caller) -> bool {
        self.is_open || caller.is_server()
    }

    /// Who sends a request.
    pub(in crate::server) fn identify<T>(&self, request: Request<T>) -> Result<(Caller, Request<T>), Status> {
        let (metadata, extensions, message) = request.into_parts();
        let rest = Request::from_parts(metadata, extensions, ());
        let caller = self.caller(&rest)?;
        let (metadata, extensions, ()) = rest.into_parts();
        Ok((caller, Request::from_parts(metadata, extensions, message)))
    }

    /// Who sends a request that has its message elsewhere.
    pub(in crate::server) fn caller(&self, request: &Request<()>) -> Result<Caller, Status> {
        let caller = match (request.extensions().get::<Caller>(), &self.identify) {
            (Some(caller), _) => caller.clone(),
            (None, Some(identify)) => identify(request)?,
            (None, None) => Caller::anonymous(),
        };
        match caller.fault() {
            Some(fault) => Err(self.errors.invalid_caller(fault)),
            None => Ok(caller),
        }
    }

    /// Whether a caller may start operations of a method, under a parent if the start hook has named it.
    pub(in crate::server) async fn check_start(
        &self,
        caller: &Caller,
        method: &str,
        parent: Option<&str>,
    ) -> Result<(), Status> {
        let action = Action::Start;
        let access = Access { caller, action, method: Some(method), parent, name: None, operation: None };
        if self.allows(&access).await? { Ok(()) } else { Err(self.errors.start_denied(method)) }
    }

    /// Whether a caller may list what is under a parent, as far as each operation is let through.
    pub(in crate::server) async fn check_list(&self, caller: &Caller, parent: &str) -> Result<(), Status> {
        let access = Access {
            caller,
            action: Action::List,
            method: None,
            parent: Some(parent),
            name: None,
            operation: None,
        };
        if self.allows(&access).await? { Ok(()) } else { Err(self.errors.list_denied(parent)) }
    }

    /// Whether each operation of a list has to be asked about.
    pub(in crate::server) fn asks_about_each(&self, caller: &Caller) -> bool {
        !self.is_open_to(caller) && self.authorizer.only_owner(caller).is_none()
    }

    /// The owner whose operations are all that a list is to be made of.
    pub(in crate::server) fn only_owner(&self, caller: &Caller) -> Option<Owner> {
        if self.is_open_to(caller) { None } else { self.authorizer.only_owner(caller) }
    }

    /// Whether a caller may do this with an operation that exists.
    pub(in crate::server) async fn allows_with(
        &self,
        caller: &Caller,
        action: Action,
        view: &View,
    ) -> Result<bool, Status> {
        self.allows(&about(caller, action, view.name(), Some(view))).await
    }

    /// What was found under a name, if the caller may do this with it. What it may not use and what does not exist
    /// get one answer, and are asked about alike.
    pub(in crate::server) async fn check(
        &self,
        caller: &Caller,
        action: Action,
        name: &OperationName,
        found: Option<View>,
    ) -> Result<View, Status> {
        let is_allowed = self.allows(&about(caller, action, name, found.as_ref())).await?;
        found.filter(|_| is_allowed).ok_or_else(|| self.missing(caller, name))
    }

    /// What this caller is told of an operation that does not exist, any more or at all.
    pub(in crate::server) fn missing(&self, caller: &Caller, name: &OperationName) -> Status {
        if self.is_open_to(caller) { self.errors.not_found(name) } else { self.errors.denied(name) }
    }

    async fn allows(&self, access: &Access<'_>) -> Result<bool, Status> {
        if self.is_open_to(access.caller) { Ok(true) } else { self.authorizer.allows(access).await }
    }
}

fn about<'a>(
    caller: &'a Caller,
    action: Action,
    name: &'a OperationName,
    operation: Option<&'a View>,
) -> Access<'a> {
    let method = operation.map(|view| &**view.method());
    Access { caller, action, method, parent: Some(name.parent()), name: Some(name.as_str()), operation }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("identifies", &self.identify.is_some())
            .field("authorizer", &self.authorizer)
            .finish_non_exhaustive()
    }
}
