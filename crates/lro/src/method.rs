//! The typed constant that stands for one long-running RPC.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use tonic::Code;

use crate::nanos::Nanos;
use crate::{OperationRpcs, Polling, RetryPolicy, Routing};

/// One RPC that returns `google.longrunning.Operation`, with the types of its request, response and metadata.
///
/// The generator writes one such constant per annotated method. Everything else (client handles, resuming
/// by name, the server's registration, stored records) is generic code over it. By hand it is written so:
///
/// ```
/// use lro::Method;
/// # type ImportBooksRequest = ();
/// # type ImportBooksResponse = ();
/// # type ImportBooksMetadata = ();
///
/// const IMPORT_BOOKS: Method<ImportBooksRequest, ImportBooksResponse, ImportBooksMetadata> = Method::new(
///     "/example.library.v1.LibraryService/ImportBooks",
///     "example.library.v1.ImportBooksRequest",
///     "example.library.v1.ImportBooksResponse",
///     "example.library.v1.ImportBooksMetadata",
/// );
/// assert_eq!(IMPORT_BOOKS.service(), "example.library.v1.LibraryService");
/// assert_eq!(IMPORT_BOOKS.name(), "ImportBooks");
/// ```
///
/// The names are those of `google.longrunning.operation_info` (AIP-151), written in full, with the package
/// and without a leading dot. They decide what is packed into and accepted from `google.protobuf.Any`.
pub struct Method<Req, Res, Meta> {
    path: &'static str,
    request_type: &'static str,
    response_type: &'static str,
    metadata_type: &'static str,
    polling: Polling,
    /// For ever if nothing limits it.
    timeout: Nanos,
    retry: RetryPolicy,
    request_id: Option<RequestId<Req>>,
    validate_only: Option<fn(&Req) -> bool>,
    routing: Option<fn(&Req) -> Routing>,
    /// Those of Google if there are none. A reference to these in each constant would have the compiler visit them for each.
    rpcs: Option<&'static OperationRpcs>,
    descriptors: &'static [u8],
    types: PhantomData<fn(Req) -> (Res, Meta)>,
}

/// How to read the id of a request, and how to give it one.
struct RequestId<Req> {
    read: fn(&Req) -> &str,
    fill: fn(&mut Req, String),
}

// The compiler interprets the code of a constructor for each constant of every service, and this only once.
const POLLING: Polling = Polling::new();
const RETRY: RetryPolicy = RetryPolicy::new().with_codes(&[Code::Unavailable]);

impl<Req, Res, Meta> Method<Req, Res, Meta> {
    /// Describes the RPC at `path` (`/package.Service/Method`) by the full names of its messages.
    ///
    /// Nothing is checked here: a path that is no path becomes the status of the first call that uses it.
    pub const fn new(
        path: &'static str,
        request_type: &'static str,
        response_type: &'static str,
        metadata_type: &'static str,
    ) -> Self {
        Self {
            path,
            request_type,
            response_type,
            metadata_type,
            polling: POLLING,
            timeout: Nanos::FOREVER,
            retry: RETRY,
            request_id: None,
            validate_only: None,
            routing: None,
            rpcs: None,
            descriptors: &[],
            types: PhantomData,
        }
    }

    /// Replaces the policy by which clients wait for operations of this method.
    #[must_use]
    pub const fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Limits how long the call that starts an operation may take, where the caller sets no limit. The work itself goes on for as long as it
    /// takes.
    ///
    /// It is the `timeout` of a gRPC service config.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Nanos::of(timeout);
        self
    }

    /// Replaces the policy by which the call that starts an operation is repeated, where requests have an id
    /// ([`with_request_id`](Self::with_request_id)). Without that it is never repeated. The default repeats it after UNAVAILABLE.
    ///
    /// It is the `retryPolicy` of a gRPC service config.
    #[must_use]
    pub const fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Says where requests carry an id by which the server knows a repeat (AIP-155).
    ///
    /// `read` returns an empty string where no id is given. `fill` is called only then, to store a new one; a field that
    /// tells an empty value from none (`optional` in proto3) keeps the empty one.
    ///
    /// ```
    /// # use lro::Method;
    /// # #[derive(Default)]
    /// # struct ImportBooksRequest { request_id: String }
    /// # const METHOD: Method<ImportBooksRequest, (), ()> = Method::new("/l.Library/ImportBooks", "l.Request", "l.Response", "l.Metadata");
    /// const IMPORT_BOOKS: Method<ImportBooksRequest, (), ()> =
    ///     METHOD.with_request_id(|request| &request.request_id, |request, id| request.request_id = id);
    ///
    /// let mut request = ImportBooksRequest::default();
    /// assert_eq!(IMPORT_BOOKS.request_id(&request), Some(""));
    /// IMPORT_BOOKS.fill_request_id(&mut request, || "c1b5".to_owned());
    /// IMPORT_BOOKS.fill_request_id(&mut request, || unreachable!("it has one"));
    /// assert_eq!(IMPORT_BOOKS.request_id(&request), Some("c1b5"));
    /// ```
    #[must_use]
    pub const fn with_request_id(mut self, read: fn(&Req) -> &str, fill: fn(&mut Req, String)) -> Self {
        self.request_id = Some(RequestId { read, fill });
        self
    }

    /// Says how a request asks for a check of what it would do, and no more (AIP-163).
    #[must_use]
    pub const fn with_validate_only(mut self, read: fn(&Req) -> bool) -> Self {
        self.validate_only = Some(read);
        self
    }

    /// Lets clients send routing headers (AIP-4222): `routing` with the request, and the operation's name with all that is
    /// asked about the operation.
    #[must_use]
    pub const fn with_routing(mut self, routing: fn(&Req) -> Routing) -> Self {
        self.routing = Some(routing);
        self
    }

    /// Says by which RPCs clients ask about operations of this method, where these are not those of
    /// `google.longrunning.Operations`.
    #[must_use]
    pub const fn with_rpcs(mut self, rpcs: &'static OperationRpcs) -> Self {
        self.rpcs = Some(rpcs);
        self
    }

    /// Says of which fields the response and the metadata consist, so that filters of lists can name them.
    ///
    /// `descriptors` is a serialized `google.protobuf.FileDescriptorSet` with both messages and what they refer to; it may hold more.
    /// Messages of `google.protobuf` such as `Timestamp` are known without it.
    /// A server reads it when a filter first asks for such a field. One that is empty tells of nothing, and then filters can
    /// not name them.
    #[must_use]
    pub const fn with_descriptors(mut self, descriptors: &'static [u8]) -> Self {
        self.descriptors = descriptors;
        self
    }

    /// The path of the RPC, `/package.Service/Method`.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The full name of the service, `package.Service`; empty if the path has no such part.
    pub fn service(&self) -> &'static str {
        split(self.path).0
    }

    /// The name of the RPC within its service.
    pub fn name(&self) -> &'static str {
        split(self.path).1
    }

    /// The full name of the request message.
    pub const fn request_type(&self) -> &'static str {
        self.request_type
    }

    /// The full name of the message that a finished operation holds.
    pub const fn response_type(&self) -> &'static str {
        self.response_type
    }

    /// The full name of the message that tells how far an operation has come.
    pub const fn metadata_type(&self) -> &'static str {
        self.metadata_type
    }

    /// The policy by which clients wait for operations of this method.
    pub const fn polling(&self) -> Polling {
        self.polling
    }

    /// The longest time that the call that starts an operation may take; `None` if nobody limits it.
    pub const fn timeout(&self) -> Option<Duration> {
        match self.timeout {
            Nanos::FOREVER => None,
            timeout => Some(timeout.get()),
        }
    }

    /// The policy by which the call that starts an operation is repeated.
    pub const fn retry(&self) -> RetryPolicy {
        self.retry
    }

    /// The id by which the server knows a repeat of `request` (AIP-155): empty if it was given none, `None` if requests
    /// of this method have no such field.
    pub fn request_id<'a>(&self, request: &'a Req) -> Option<&'a str> {
        self.request_id.as_ref().map(|id| (id.read)(request))
    }

    /// Gives `request` an id, if requests of this method have one and this one was given none.
    pub fn fill_request_id(&self, request: &mut Req, id: impl FnOnce() -> String) {
        if let Some(field) = self.request_id.as_ref().filter(|field| (field.read)(request).is_empty()) {
            (field.fill)(request, id());
        }
    }

    /// Whether `request` asks only for a check of what it would do (AIP-163).
    pub fn validate_only(&self, request: &Req) -> bool {
        self.validate_only.is_some_and(|read| read(request))
    }

    /// The routing header of `request`; `None` if clients of this method send none, not about its operations either.
    pub fn routing(&self, request: &Req) -> Option<Routing> {
        self.routing.map(|routing| routing(request))
    }

    /// The RPCs by which clients ask about operations of this method.
    pub const fn rpcs(&self) -> &'static OperationRpcs {
        match self.rpcs {
            Some(rpcs) => rpcs,
            None => &OperationRpcs::GOOGLE,
        }
    }

    /// What describes the fields of the response and the metadata: a serialized `google.protobuf.FileDescriptorSet`, or nothing.
    pub const fn descriptors(&self) -> &'static [u8] {
        self.descriptors
    }

    /// Whether clients of this method send routing headers.
    pub const fn has_routing(&self) -> bool {
        self.routing.is_some()
    }
}

/// Splits `/package.Service/Method` into its service and its method.
pub(crate) fn split(path: &'static str) -> (&'static str, &'static str) {
    path.strip_prefix('/').unwrap_or(path).rsplit_once('/').unwrap_or(("", path))
}

// Derived implementations would ask the message types to be `Clone` and `Debug`, though none is held.
impl<Req, Res, Meta> Clone for Method<Req, Res, Meta> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req, Res, Meta> Copy for Method<Req, Res, Meta> {}

impl<Req> Clone for RequestId<Req> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req> Copy for RequestId<Req> {}

impl<Req, Res, Meta> fmt::Debug for Method<Req, Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method")
            .field("path", &self.path)
            .field("request_type", &self.request_type)
            .field("response_type", &self.response_type)
            .field("metadata_type", &self.metadata_type)
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}
