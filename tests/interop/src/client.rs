//! Whose clients they are.

use std::fmt;

use clap::ValueEnum;

use crate::check::Check;

/// A client that somebody else has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Client {
    /// google-api-core for Python.
    Python,
    /// Its asynchronous side.
    PythonAsync,
    /// google-gax for Node.js.
    Node,
    /// cloud.google.com/go/longrunning.
    Go,
    /// `buf curl`, by reflection.
    Buf,
    /// grpcurl, by the older version of reflection.
    Grpcurl,
}

impl Client {
    /// What it can be asked for: only those that come without protos need the server to describe itself.
    pub(crate) fn checks(self) -> impl Iterator<Item = Check> {
        let reflects = matches!(self, Self::Buf | Self::Grpcurl);
        Check::ALL.into_iter().filter(move |&check| reflects || check != Check::Reflect)
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Python => "python",
            Self::PythonAsync => "python-async",
            Self::Node => "node",
            Self::Go => "go",
            Self::Buf => "buf",
            Self::Grpcurl => "grpcurl",
        })
    }
}
