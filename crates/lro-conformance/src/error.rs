//! Why a run could not begin.

use std::fmt;

/// Why a run could not begin. What a server does wrong is in the [`Report`](crate::Report), never here.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Usage(String),
    Connect(String),
    Descriptors(String),
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self(Kind::Usage(message.into()))
    }

    pub(crate) fn connect(message: impl Into<String>) -> Self {
        Self(Kind::Connect(message.into()))
    }

    pub(crate) fn descriptors(message: impl Into<String>) -> Self {
        Self(Kind::Descriptors(message.into()))
    }

    /// Whether what was asked for makes no sense: a request, a header, an address, a name of a check.
    pub fn is_usage(&self) -> bool {
        matches!(self.0, Kind::Usage(_))
    }

    /// Whether the server cannot be reached.
    pub fn is_connect(&self) -> bool {
        matches!(self.0, Kind::Connect(_))
    }

    /// Whether the descriptors of the methods cannot be had or do not fit the requests.
    pub fn is_descriptors(&self) -> bool {
        matches!(self.0, Kind::Descriptors(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Usage(message) | Kind::Connect(message) | Kind::Descriptors(message) => {
                f.write_str(message)
            }
        }
    }
}

impl std::error::Error for Error {}
