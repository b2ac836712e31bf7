//! The server: the service itself, and what it takes to serve it.

use std::future::Future;
use std::time::Duration;

use lro::store::MemoryStore;
use lro::{Context, Engine, OnConflict, Start};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::pb::library_service_lro::{LibraryServiceLro, LibraryServiceLroServer};
use crate::pb::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};

/// The service. Fetching a book takes it a moment, as it would from another machine.
#[derive(Debug)]
pub struct Library {
    /// How long one book takes.
    pub fetch_time: Duration,
}

impl LibraryServiceLro for Library {
    async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        let name = request.into_inner().name;
        let title = name.rsplit('/').next().unwrap_or_default().replace('-', " ");
        Ok(Response::new(Book { name, title }))
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
            .metadata(ImportBooksMetadata { done: 0, total }))
    }

    // The work. Its result is the operation's result.
    async fn import_books(
        &self,
        request: ImportBooksRequest,
        operation: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        let mut books = Vec::new();
        let total = count(&request.uris)?;
        for (done, uri) in (1..).zip(&request.uris) {
            books.push(self.fetch(&request.parent, uri).await?);
            operation.progress(ImportBooksMetadata { done, total }).await?;
        }
        Ok(ImportBooksResponse { books })
    }
}

fn is_shelf(name: &str) -> bool {
    name.strip_prefix("shelves/").is_some_and(|shelf| !shelf.is_empty() && !shelf.contains('/'))
}

fn count(uris: &[String]) -> Result<u32, Status> {
    u32::try_from(uris.len()).map_err(|_| Status::invalid_argument("uris: too many books"))
}

impl Library {
    async fn fetch(&self, parent: &str, uri: &str) -> Result<Book, Status> {
        tokio::time::sleep(self.fetch_time).await;
        match uri.strip_prefix("books://") {
            Some("lost") | None => Err(Status::not_found(format!("there is no book at {uri}"))),
            Some(id) => Ok(Book { name: format!("{parent}/books/{id}"), title: id.replace('-', " ") }),
        }
    }
}

/// Serves the library until `shutdown` completes, and then until running imports had their time to end.
///
/// # Errors
///
/// The transport fails.
pub async fn serve(
    listener: TcpListener,
    library: Library,
    shutdown: impl Future + Send + 'static,
) -> Result<(), tonic::transport::Error> {
    let engine = Engine::builder(MemoryStore::new()).build();
    Server::builder()
        .add_service(LibraryServiceLroServer::serve(library, &engine))
        .add_service(engine.operations_server())
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), engine.drain_on(shutdown))
        .await
}
