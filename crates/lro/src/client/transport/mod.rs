//! The transport of a client, and how its type is erased.
//!
//! `answer` turns away what is no answer of gRPC, and `beginning` tells of one that is too large. `connection` is the transport of clients that connect on their own.

mod answer;
mod beginning;
mod connection;

use bytes::Bytes;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Service, StdError};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

pub(super) use self::answer::WillNotDo;
pub(super) use self::beginning::{Beginning, TooLarge};
pub use self::connection::Connection;
pub(super) use self::connection::Renewal;

/// Anything that tonic's generated clients take, if it can also be cloned and shared between threads.
///
/// `tonic::transport::Channel` is one, alone or under an interceptor or other tower layers. A tonic server or
/// `Routes` in the same process is one too, and needs no socket. The trait is implemented for all of them, and
/// nothing else can implement it. It is an alias of
///
/// ```text
/// Service<http::Request<tonic::body::Body>, Response = http::Response<impl http_body::Body>>
///     + Clone + Send + Sync + 'static
/// ```
///
/// with a future that is `Send` and errors that convert into boxed ones.
///
/// A layer that refuses a call does so with a [`tonic::Status`] as its error, in a box if need be: that is an answer, and treated as the server's would be. Any other error counts as a lost
/// connection, so that calls about operations are made again for as long as the client's [`RetryPolicy`](crate::RetryPolicy) says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry the requests of an `lro::Client`",
    note = "it takes a `tonic::transport::Channel`, or another tower service over `http::Request<tonic::body::Body>` \
            that is `Clone + Send + Sync + 'static`"
)]
pub trait Transport: sealed::Erase {}

impl<T: sealed::Erase> Transport for T {}

/// A transport whose type is erased, so that clients and handles have no type parameter for it.
pub(super) type Erased = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

mod sealed {
    use super::{Body, Bytes, Erased, HttpBody, Service, ServiceExt, StdError, answer};

    pub trait Erase {
        fn erase(self) -> Erased;
    }

    impl<T, B> Erase for T
    where
        T: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
        T::Error: Into<StdError>,
        T::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<StdError>,
    {
        fn erase(self) -> Erased {
            Erased::new(
                self.map_response(|response: http::Response<B>| response.map(Body::new))
                    .map_err(|error| answer::of_error(error.into()))
                    .and_then(answer::check),
            )
        }
    }
}
