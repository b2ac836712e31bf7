//! What decides who may do what.

use std::fmt;

use lro_store::{Owner, View};
use tonic::Status;

use super::Caller;

/// Decides which callers may do what with which operations
/// ([`EngineBuilder::authorizer`](crate::EngineBuilder::authorizer)).
///
/// It is asked before anything else is answered, so nobody learns by an error whether an operation exists that is not
/// theirs (AIP-211): what the caller may not use and what does not exist get the same answer, `PERMISSION_DENIED`.
///
/// [`OwnersOnly`](crate::OwnersOnly), [`ByParent`](crate::ByParent) and [`Everyone`](crate::Everyone) are ready-made. One
/// that lets administrators see what others own:
///
/// ```
/// use lro::{Access, Authorizer};
/// use tonic::Status;
///
/// #[derive(Clone)]
/// struct Roles(Vec<String>);
///
/// #[derive(Debug)]
/// struct AdministratorsAndOwners;
///
/// #[tonic::async_trait]
/// impl Authorizer for AdministratorsAndOwners {
///     async fn allows(&self, access: &Access<'_>) -> Result<bool, Status> {
///         let roles = access.caller.extension::<Roles>();
///         let is_administrator = roles.is_some_and(|roles| roles.0.iter().any(|role| role == "admin"));
///         let is_owner = || access.operation.is_none_or(|view| view.owner().as_str() == access.caller.owner());
///         Ok(is_administrator || is_owner())
///     }
/// }
/// ```
#[tonic::async_trait]
pub trait Authorizer: fmt::Debug + Send + Sync + 'static {
    /// Whether the caller may do this.
    ///
    /// It MUST be a matter of what it is given and of rules that change seldom: an operation is asked about once per call, also
    /// where the call goes on for long. The future may be dropped.
    ///
    /// # Errors
    /// When that cannot be said, such as UNAVAILABLE while a service with the rules is away. The caller sees the error
    /// as it is, so it must not tell of operations.
    async fn allows(&self, access: &Access<'_>) -> Result<bool, Status>;

    /// The owner whose operations are all that the caller may see in lists, if that is how it is. The store then looks
    /// for nothing else, and [`allows`](Self::allows) is not asked about each. By default it is asked.
    fn only_owner(&self, caller: &Caller) -> Option<Owner> {
        let _ = caller;
        None
    }

    /// Whether everyone may do everything. Then [`allows`](Self::allows) is not asked, and what does not exist is
    /// `NOT_FOUND`. It MUST always be the same. By default it is not so.
    fn is_open(&self) -> bool {
        false
    }
}

/// What a caller wants to do.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Access<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// What.
    pub action: Action,
    /// The path of the RPC that starts such operations, `/package.Service/Method`. `None` for a list, and for an
    /// operation that does not exist.
    pub method: Option<&'a str>,
    /// The parent of the operation; of a list, the one that was asked for, with `-` in place of a part that is left open
    /// (AIP-159) and empty for all. `None` for a start whose hook has not named it yet.
    pub parent: Option<&'a str>,
    /// The name of an operation that is said to exist. `None` for a start and for a list.
    pub name: Option<&'a str>,
    /// The operation. `None` for a start, for a list as a whole, and for a name that belongs to none: that is asked
    /// about so that the time which a decision takes does not tell, and denied whatever the answer.
    pub operation: Option<&'a View>,
}

/// What is done with operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// One is started. Asked twice: before the start hook runs, and with the parent that the hook has named.
    Start,
    /// One is read.
    Get,
    /// Some are listed. Asked for the list as a whole, and for each operation in it.
    List,
    /// Its end is waited for.
    Wait,
    /// It is asked to stop.
    Cancel,
    /// It is forgotten.
    Delete,
    /// Its changes are watched.
    Watch,
}
