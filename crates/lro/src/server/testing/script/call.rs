//! The calls that have arrived.

use std::time::Duration;

use tonic::metadata::MetadataMap;

/// Which RPC a call is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rpc {
    /// A method that starts operations.
    Start,
    /// `GetOperation`.
    Get,
    /// `WaitOperation`.
    Wait,
    /// `CancelOperation`.
    Cancel,
    /// `DeleteOperation`.
    Delete,
    /// `ListOperations`.
    List,
}

impl Rpc {
    /// The RPC at `path`. What is none of `google.longrunning.Operations` is taken for one that starts operations.
    pub(super) fn at(path: &str) -> Self {
        match path.strip_prefix("/google.longrunning.Operations/") {
            Some("GetOperation") => Self::Get,
            Some("WaitOperation") => Self::Wait,
            Some("CancelOperation") => Self::Cancel,
            Some("DeleteOperation") => Self::Delete,
            Some("ListOperations") => Self::List,
            _ => Self::Start,
        }
    }
}

/// A call that has arrived at a [`ScriptedServer`](super::ScriptedServer).
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) rpc: Rpc,
    pub(super) path: String,
    pub(super) operation: Option<String>,
    pub(super) at: Duration,
    pub(super) hold: Option<Duration>,
    pub(super) metadata: MetadataMap,
}

impl Call {
    /// Which RPC it is of.
    pub fn rpc(&self) -> Rpc {
        self.rpc
    }

    /// The path of the RPC, `/package.Service/Method`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The operation that the call is about: the one that it names, or the one that it has started, once it has. For a list it is
    /// the parent.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// When it arrived, by the time that had passed since the server was made. Calls that wait for a free stream have not arrived.
    pub fn at(&self) -> Duration {
        self.at
    }

    /// For how long `WaitOperation` was asked to wait; `None` if the call did not say, and for other RPCs.
    pub fn hold(&self) -> Option<Duration> {
        self.hold
    }

    /// The metadata of the call.
    pub fn metadata(&self) -> &MetadataMap {
        &self.metadata
    }

    /// The text of one key of the metadata; `None` if the call has no such key, or no text under it.
    pub fn header(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).and_then(|value| value.to_str().ok())
    }

    /// The time that the caller gives the call (`grpc-timeout`); `None` if there is no limit.
    pub fn timeout(&self) -> Option<Duration> {
        timeout(self.header("grpc-timeout")?)
    }
}

/// Reads a timeout: at most eight digits, and the letter of its unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(3600).saturating_mul(count),
        "M" => Duration::from_secs(60).saturating_mul(count),
        "S" => Duration::from_secs(count.into()),
        "m" => Duration::from_millis(count.into()),
        "u" => Duration::from_micros(count.into()),
        "n" => Duration::from_nanos(count.into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_in_all_units() {
        let read = ["2H", "2M", "2S", "2m", "2u", "2n"].map(timeout);
        let nanos = [7_200_000_000_000, 120_000_000_000, 2_000_000_000, 2_000_000, 2_000, 2];
        assert_eq!(read, nanos.map(|nanos| Some(Duration::from_nanos(nanos))));
        assert_eq!(["", "S", "2", "2s", "é", "-1S"].map(timeout), [None; 6]);
    }
}
