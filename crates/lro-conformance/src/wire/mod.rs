//! The messages of `google.longrunning`, `google.rpc` and `grpc.reflection`, as this crate reads them: by hand, and from the
//! numbers of the public definitions alone.

mod longrunning;
mod reflection;
mod rpc;
mod show;

pub(crate) use longrunning::{
    ListOperationsRequest, ListOperationsResponse, MethodOptions, NameRequest, Operation,
    WaitOperationRequest,
};
pub(crate) use reflection::{Answer, Question, ServerReflectionRequest, ServerReflectionResponse};
pub(crate) use rpc::{BadRequest, ErrorInfo, Status};
pub(crate) use show::Show;
