//! Authorizers that are ready to use.

use std::fmt;

use lro_store::Owner;
use tonic::Status;

use super::{Access, Action, Authorizer, Caller};

/// Everyone may do everything: whoever reaches the server can list all operations, read what they hold, and cancel and
/// delete them. That is for servers all of whose callers are trusted, and for those behind something that decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Everyone;

#[tonic::async_trait]
impl Authorizer for Everyone {
    async fn allows(&self, _: &Access<'_>) -> Result<bool, Status> {
        Ok(true)
    }

    fn is_open(&self) -> bool {
        true
    }
}

/// Everyone may start operations and has to do with those of their own only. A caller without a name may do nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnersOnly;

#[tonic::async_trait]
impl Authorizer for OwnersOnly {
    async fn allows(&self, access: &Access<'_>) -> Result<bool, Status> {
        let owner = access.caller.owner();
        let is_own = access.operation.is_none_or(|view| view.owner().as_str() == owner);
        Ok(is_own && !owner.is_empty())
    }

    fn only_owner(&self, caller: &Caller) -> Option<Owner> {
        Some(caller.as_owner())
    }
}

/// Who may do what is a matter of the operation's parent, such as a project.
///
/// ```
/// use lro::{Access, ByParent};
///
/// // Callers are named after their projects.
/// let authorizer = ByParent::new(|access: &Access<'_>, parent: &str| parent == access.caller.owner());
/// ```
///
/// A list that leaves a part of the parent open shows what is under the parents that are let through. So does one of all operations.
pub struct ByParent<F> {
    allows: F,
}

impl<F: Fn(&Access<'_>, &str) -> bool + Send + Sync + 'static> ByParent<F> {
    /// Lets through what `allows` does, given the parent; it is empty for an operation that has none.
    pub fn new(allows: F) -> Self {
        Self { allows }
    }
}

#[tonic::async_trait]
impl<F: Fn(&Access<'_>, &str) -> bool + Send + Sync + 'static> Authorizer for ByParent<F> {
    async fn allows(&self, access: &Access<'_>) -> Result<bool, Status> {
        let is_open = |parent: &str| parent.is_empty() || parent.split('/').any(|part| part == "-");
        Ok(match access.parent {
            // What it will be is asked about when the hook has named it.
            None => true,
            Some(parent)
                if access.action == Action::List && access.operation.is_none() && is_open(parent) =>
            {
                true
            }
            Some(parent) => (self.allows)(access, parent),
        })
    }
}

impl<F> fmt::Debug for ByParent<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByParent").finish_non_exhaustive()
    }
}
