//! A replica that does the work of imports, whoever has accepted them. It listens to nothing but the database.

use std::error::Error;
use std::time::Duration;

use library::pb::library_service_lro::{LibraryServiceLro, LibraryServiceLroServer};
use library::pb::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use library::server::Library;
use library::signals::Signals;
use library::storage::{Place, Storage};
use lro::{Context, Engine, Start};
use tonic::{Request, Response, Status};

/// After how long without a sign of life the work of a process goes on elsewhere. Short, so that nobody who watches has to
/// wait for half a minute.
const LEASE: Duration = Duration::from_secs(2);

/// The library, and what it does as lines for people.
struct Talkative(Library);

impl LibraryServiceLro for Talkative {
    async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        self.0.get_book(request).await
    }

    async fn start_import_books(
        &self,
        request: &Request<ImportBooksRequest>,
    ) -> Result<Start<ImportBooksMetadata>, Status> {
        self.0.start_import_books(request).await
    }

    async fn import_books(
        &self,
        request: ImportBooksRequest,
        operation: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        let done = operation.last_checkpoint::<ImportBooksResponse>()?.unwrap_or_default().books.len();
        let (parent, attempt) = (request.parent.clone(), operation.attempt());
        println!("begins the import of {parent}: attempt {attempt}, {done} books are there");
        let imported = self.0.import_books(request, operation).await?;
        println!("has {} books of {parent}", imported.books.len());
        Ok(imported)
    }
}

/// Works until it is told to end, and then hands back at once what it has not finished.
///
/// # Errors
///
/// The database fails.
pub(crate) async fn run(url: &str) -> Result<(), Box<dyn Error>> {
    let Storage { operations, books } = Place::Postgres(url.to_owned()).open().await?;
    let engine = Engine::builder(operations).lease(LEASE).concurrency(4).drain_time(Duration::ZERO).build();
    let library = Talkative(Library { fetch_time: Duration::from_millis(400), books });
    let registration = LibraryServiceLroServer::register(library, &engine);
    println!("works");
    Signals::new()?.next().await;
    engine.drain().await;
    drop(registration);
    println!("has handed back what it had, and ends");
    Ok(())
}
