//! The operations that a server has, as a stream of handles.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use prost_types::Any;
use tonic::{Request, Status};

use crate::client::Client;
use crate::client::header::add_routing;
use crate::client::operation::Operation;
use crate::google::longrunning::{self, operation};
use crate::operation_rpcs::{OperationPage, OperationQuery};
use crate::{Method, OperationRpcs, Routing, payload};

/// The operations that a server has, as a stream of handles, in the order of the server.
///
/// ```no_run
/// # async fn example(client: lro::Client) -> Result<(), tonic::Status> {
/// # const IMPORT_BOOKS: lro::Method<(), (), ()> = lro::Method::new("", "", "", "");
/// let mut operations = client.operations().list("shelves/1").of(IMPORT_BOOKS);
/// while let Some(operation) = operations.next().await {
///     let operation = operation?;
///     println!("{operation} is done: {}", operation.latest().is_ok_and(|latest| latest.is_some_and(|it| it.is_done())));
/// }
/// # Ok(())
/// # }
/// ```
///
/// One list has the operations of many methods (AIP-151), as handles whose types are not known. [`of`](Self::of) gives the handles the
/// types of one method, and leaves out the operations that hold a response or metadata of other types than that method declares; what
/// methods have the same types it cannot tell apart. A [`MethodRegistry`](crate::MethodRegistry) reads the operations of many methods.
///
/// The stream asks for one page after the other, and only while it is polled. Each handle knows its operation as the
/// server has listed it ([`Operation::latest`]). An error is the last item: the server's, `UNIMPLEMENTED` if the API has no
/// RPC that lists operations, or `INVALID_ARGUMENT` if that takes no parent or no filter and one is given.
#[must_use = "a stream does nothing unless it is polled"]
pub struct OperationList<Res, Meta> {
    client: Client,
    rpcs: &'static OperationRpcs,
    query: OperationQuery,
    is_routed: bool,
    /// The call for a page, while it goes on.
    asking: Option<Pin<Box<dyn Future<Output = Answer> + Send>>>,
    unread: VecDeque<longrunning::Operation>,
    /// Whether there is nothing more to ask for.
    is_over: bool,
    /// The types of responses and metadata that are wanted; `None` for all.
    types: Option<Types>,
    handle: Arc<dyn Fn(longrunning::Operation) -> Operation<Res, Meta> + Send + Sync>,
}

type Answer = Result<OperationPage, Status>;

impl OperationList<Any, Any> {
    /// Lists the operations below `parent`, and makes a handle of each.
    pub(super) fn new(
        client: Client,
        rpcs: &'static OperationRpcs,
        is_routed: bool,
        parent: String,
        handle: impl Fn(longrunning::Operation) -> Operation<Any, Any> + Send + Sync + 'static,
    ) -> Self {
        Self {
            client,
            rpcs,
            query: OperationQuery { parent, ..OperationQuery::default() },
            is_routed,
            asking: None,
            unread: VecDeque::new(),
            is_over: false,
            types: None,
            handle: Arc::new(handle),
        }
    }

    /// Lists the operations that are of `method`'s types, with handles that have these types. Asks by the RPCs of `method`. To be set
    /// before the first item.
    pub fn of<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> OperationList<Res, Meta>
    where
        Req: 'static,
        Res: 'static,
        Meta: 'static,
    {
        let client = self.client.clone();
        OperationList {
            client: self.client,
            rpcs: method.rpcs(),
            query: self.query,
            is_routed: method.has_routing(),
            asking: None,
            unread: VecDeque::new(),
            is_over: false,
            types: Some(Types { response: method.response_type(), metadata: method.metadata_type() }),
            handle: Arc::new(move |operation| client.attach(method, operation)),
        }
    }
}

impl<Res, Meta> OperationList<Res, Meta> {
    /// Lists only what the server finds with this filter, such as `done = false` (AIP-160). To be set before the first item.
    ///
    /// Where a `StreamExt` with a `filter` of its own is in scope, that is called by its path, as in `StreamExt::filter(list, …)`.
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.query.filter = filter.into();
        self
    }

    /// Asks for at most so many operations with one call. The server may answer with fewer, and has a number of its own
    /// unless one is set. To be set before the first item.
    pub fn page_size(mut self, size: i32) -> Self {
        self.query.page_size = size;
        self
    }

    /// Waits for the next operation. Returns `None` after the last one.
    ///
    /// Cancel-safe: dropping the future loses no operation.
    pub async fn next(&mut self) -> Option<Result<Operation<Res, Meta>, Status>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The call for the next page.
    fn ask(&self) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
        let (client, rpcs, query) = (self.client.clone(), self.rpcs, self.query.clone());
        let routing = self.is_routed.then(|| Routing::new().field("name", &query.parent));
        Box::pin(async move { page(&client, rpcs, query, routing).await })
    }

    fn turn(&mut self, page: OperationPage) {
        self.is_over = page.next_page_token.is_empty();
        self.query.page_token = page.next_page_token;
        let types = self.types;
        let wanted = |operation: &longrunning::Operation| types.is_none_or(|types| types.fit(operation));
        self.unread.extend(page.operations.into_iter().filter(wanted));
    }
}

async fn page(
    client: &Client,
    rpcs: &OperationRpcs,
    mut query: OperationQuery,
    routing: Option<Routing>,
) -> Answer {
    let Some(rpc) = rpcs.list() else {
        return Err(Status::unimplemented("the API has no RPC that lists operations of this method"));
    };
    let mut request = Request::new((rpc.request)(&mut query).into());
    for (what, left) in [("parent", query.parent), ("filter", query.filter), ("next page", query.page_token)]
    {
        if !left.is_empty() {
            let message = format!("{} takes no {what}, and `{left}` was given", rpc.path);
            return Err(Status::invalid_argument(message));
        }
    }
    if let Some(routing) = routing {
        add_routing(&mut request, &routing);
    }
    let answer = client.about_operation(rpc.path, request).await?;
    (rpc.read)(answer).map_err(|error| Status::internal(format!("the answer cannot be decoded: {error}")))
}

/// The full names of what an operation may hold.
#[derive(Clone, Copy)]
struct Types {
    response: &'static str,
    metadata: &'static str,
}

impl Types {
    fn fit(self, operation: &longrunning::Operation) -> bool {
        /// Declared where any type will do, or where nothing is said of the type.
        const UNKNOWN: [&str; 2] = ["google.protobuf.Any", "google.protobuf.Empty"];
        let fits = |declared: &str, payload: &Any| {
            UNKNOWN.contains(&declared) || payload::type_name_of(payload) == declared
        };
        let response = match &operation.result {
            Some(operation::Result::Response(response)) => Some(response),
            _ => None,
        };
        response.is_none_or(|payload| fits(self.response, payload))
            && operation.metadata.as_ref().is_none_or(|payload| fits(self.metadata, payload))
    }
}

impl<Res, Meta> Stream for OperationList<Res, Meta> {
    type Item = Result<Operation<Res, Meta>, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(operation) = self.unread.pop_front() {
                return Poll::Ready(Some(Ok((self.handle)(operation))));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            let mut call = self.asking.take().unwrap_or_else(|| self.ask());
            let Poll::Ready(answer) = call.as_mut().poll(cx) else {
                self.asking = Some(call);
                return Poll::Pending;
            };
            match answer {
                Ok(page) => self.turn(page),
                Err(status) => {
                    self.is_over = true;
                    return Poll::Ready(Some(Err(status)));
                }
            }
        }
    }
}

impl<Res, Meta> FusedStream for OperationList<Res, Meta> {
    fn is_terminated(&self) -> bool {
        self.is_over && self.unread.is_empty()
    }
}

impl<Res, Meta> fmt::Debug for OperationList<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationList")
            .field("query", &self.query)
            .field("over", &self.is_over)
            .finish_non_exhaustive()
    }
}
