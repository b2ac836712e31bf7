//! What all checks of a run share.

use std::time::Duration;

use tokio::sync::OnceCell;

use crate::connect::{Connection, Descriptors};
use crate::error::Error;
use crate::target::Target;
use crate::wire::Operation;

/// What all checks of a run share: the target, its connections and descriptors, and operations that no check changes.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) target: Target,
    pub(crate) first: Connection,
    pub(super) replica: Option<Connection>,
    pub(super) other: Option<Connection>,
    pub(crate) descriptors: Descriptors,
    /// An operation that has ended well.
    pub(super) done: OnceCell<Operation>,
    /// Several of them that are listed together.
    pub(super) collection: OnceCell<Collection>,
}

/// Operations that are done, and the `name` by which they are listed.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) name: String,
    pub(crate) operations: Vec<Operation>,
}

impl Session {
    /// Connects and reads the descriptors.
    pub(crate) async fn open(target: Target) -> Result<Self, Error> {
        let certificate = target.certificate.as_deref();
        let first = Connection::open(&target.address, &target.headers, certificate).await?;
        let replica = match &target.replica {
            Some(address) => Some(Connection::open(address, &target.headers, certificate).await?),
            None => None,
        };
        let other = match target.other_headers.as_slice() {
            [] => None,
            headers => Some(first.as_other(headers)?),
        };
        let requests = [
            Some(&target.request),
            target.failing.as_ref(),
            target.slow.as_ref(),
            target.long.as_ref(),
            target.refused.as_ref(),
        ];
        let requests: Vec<_> = requests.into_iter().flatten().collect();
        let methods: Vec<_> = requests.iter().map(|request| request.method()).collect();
        let descriptors = match &target.descriptors {
            Some(set) => Descriptors::decode(set, &methods)?,
            None => Descriptors::reflect(&first, &methods).await?,
        };
        // A request that does not fit is found before anything runs.
        for request in requests {
            descriptors.method(request.method()).request(&request.fill("id"))?;
        }
        let (done, collection) = (OnceCell::new(), OnceCell::new());
        Ok(Self { target, first, replica, other, descriptors, done, collection })
    }
}

/// A duration as a message.
pub(super) fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).expect("a second has less than 2^31 nanoseconds"),
    }
}
