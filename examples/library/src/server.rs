//! The server: the service itself, and what it takes to serve it.

use std::future::Future;
use std::time::Duration;

use lro::{Context, Engine, OnConflict, Retry, Start};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tonic_health::ServingStatus;
use tonic_health::server::health_reporter;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::books::Books;
use crate::pb::library_service_lro::{LibraryServiceLro, LibraryServiceLroServer};
use crate::pb::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use crate::reflection;

/// The service. Fetching a book takes it a moment, as it would from another machine.
#[derive(Debug)]
pub struct Library {
    /// How long one book takes.
    pub fetch_time: Duration,
    /// What it has.
    pub books: Books,
}

impl LibraryServiceLro for Library {
    async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        self.books.get(request.into_inner().name).await.map(Response::new)
    }

    // Runs before the operation exists: an error here is the error of the RPC itself.
    async fn start_import_books(
        &self,
        request: &Request<ImportBooksRequest>,
    ) -> Result<Start<ImportBooksMetadata>, Status> {
        let ImportBooksRequest { parent, uris } = request.get_ref();
        if !is_shelf(parent) {
            return Err(Status::invalid_argument(format!(
                "parent: `{parent}` is not like shelves/{{shelf}}"
            )));
        }
        if uris.is_empty() {
            return Err(Status::invalid_argument("uris: name at least one book to import"));
        }
        let total = count(uris)?;
        Ok(Start::new()
            .parent(parent)
            .exclusive(parent, OnConflict::Abort)
            .retry(Retry::default().max_delay(Duration::from_secs(60)))
            .metadata(ImportBooksMetadata { done: 0, total }))
    }

    // The work. Its result is the operation's result.
    async fn import_books(
        &self,
        request: ImportBooksRequest,
        operation: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        // What an attempt before this one has fetched: after a crash the work goes on from there.
        let mut imported = operation.last_checkpoint::<ImportBooksResponse>()?.unwrap_or_default();
        let total = count(&request.uris)?;
        for (done, uri) in (1..).zip(&request.uris).skip(imported.books.len()) {
            imported.books.push(self.fetch(&request.parent, uri, &operation).await?);
            operation.checkpoint(&imported).await?;
            operation.progress(ImportBooksMetadata { done, total }).await?;
        }
        self.books.add(&operation, &imported.books);
        Ok(imported)
    }
}

fn is_shelf(name: &str) -> bool {
    name.strip_prefix("shelves/").is_some_and(|shelf| !shelf.is_empty() && !shelf.contains('/'))
}

fn count(uris: &[String]) -> Result<u32, Status> {
    u32::try_from(uris.len()).map_err(|_| Status::invalid_argument("uris: too many books"))
}

impl Library {
    async fn fetch(
        &self,
        parent: &str,
        uri: &str,
        operation: &Context<ImportBooksMetadata>,
    ) -> Result<Book, Status> {
        tokio::time::sleep(self.fetch_time).await;
        match uri.strip_prefix("books://") {
            Some("lost") | None => Err(no_book_at(uri)),
            // The first time its shop is closed, and a while later it is open.
            Some("late") if operation.attempt() == 1 => {
                Err(operation.retry_later(Status::unavailable(format!("{uri} is not to be had yet"))))
            }
            Some(id) => Ok(Book { name: format!("{parent}/books/{id}"), title: id.replace('-', " ") }),
        }
    }
}

/// An error that programs can read as well as people: its details stay with the operation.
fn no_book_at(uri: &str) -> Status {
    let message = format!("there is no book at {uri}");
    let mut details = ErrorDetails::new();
    details.set_error_info("BOOK_LOST", "library.example.com", [("uri".to_owned(), uri.to_owned())]);
    details.set_resource_info("book", uri, "", message.as_str());
    Status::with_error_details(Code::NotFound, message, details)
}

/// Serves the library until `shutdown` completes, and then until running imports had their time to end, or until
/// `hurry` completes too.
///
/// # Errors
///
/// The transport fails.
pub async fn serve(
    listener: TcpListener,
    library: Library,
    engine: Engine,
    shutdown: impl Future + Send + 'static,
    hurry: impl Future + Send + 'static,
) -> Result<(), tonic::transport::Error> {
    // It says that the whole server serves, until it is told otherwise.
    let (health, health_server) = health_reporter();
    let shutdown = async move {
        drop(shutdown.await);
        // While what runs comes to its end, load balancers send new callers elsewhere.
        health.set_service_status("", ServingStatus::NotServing).await;
    };
    let drain = drain(engine.clone(), shutdown, hurry);
    // A listener of one's own has it off, and then small answers wait for a timer of the network.
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .add_service(LibraryServiceLroServer::serve(library, &engine))
        .add_service(engine.operations_server())
        .add_service(health_server)
        .add_service(reflection::v1())
        .add_service(reflection::v1alpha())
        .serve_with_incoming_shutdown(connections, drain)
        .await
}

/// Waits for `shutdown`, and then until running work had its time to end, or until `hurry` completes too.
pub async fn drain(engine: Engine, shutdown: impl Future, hurry: impl Future) {
    drop(shutdown.await);
    tokio::select! {
        () = engine.drain() => {}
        _ = hurry => {
            engine.stop();
            engine.drain().await;
        }
    }
}
