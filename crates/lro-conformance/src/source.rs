//! Who demands what a check looks for.

use std::fmt;

/// Who demands what a check looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The comment of this element of `google/longrunning/operations.proto`.
    Operations(&'static str),
    /// An API improvement proposal, by its number.
    Aip(u16),
    /// `google/protobuf/any.proto`, which says what a type URL is.
    Any,
    /// The status codes of gRPC and what each is for.
    GrpcCodes,
    /// The protocol of gRPC server reflection.
    Reflection,
}

impl Source {
    /// Where it can be read.
    pub fn link(&self) -> String {
        match self {
            Self::Operations(_) => {
                "https://github.com/googleapis/googleapis/blob/master/google/longrunning/operations.proto"
                    .to_owned()
            }
            Self::Aip(number) => format!("https://google.aip.dev/{number}"),
            Self::Any => {
                "https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/any.proto"
                    .to_owned()
            }
            Self::GrpcCodes => "https://grpc.io/docs/guides/status-codes/".to_owned(),
            Self::Reflection => {
                "https://github.com/grpc/grpc/blob/master/doc/server-reflection.md".to_owned()
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations(element) => write!(f, "operations.proto, {element}"),
            Self::Aip(number) => write!(f, "AIP-{number}"),
            Self::Any => f.write_str("any.proto"),
            Self::GrpcCodes => f.write_str("gRPC status codes"),
            Self::Reflection => f.write_str("gRPC server reflection"),
        }
    }
}
