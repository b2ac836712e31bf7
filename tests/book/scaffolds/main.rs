// The block is what a server's program does.
use library::library_service_lro::{IMPORT_BOOKS, LibraryServiceLro, LibraryServiceLroClient, LibraryServiceLroServer};
use library::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::store::MemoryStore;
use lro::{Context, Engine};
use lro_postgres::PostgresStore;
use lro_sqlite::SqliteStore;
use std::time::Duration;
use tokio::signal::ctrl_c;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

struct Library;

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn import_books(
        &self,
        _: ImportBooksRequest,
        _: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        Err(Status::unimplemented("not here"))
    }
}

fn subject_of(_certificate: &[u8]) -> String {
    String::new()
}

async fn program(
    store: MemoryStore,
    engine: Engine,
    address: std::net::SocketAddr,
    key: [u8; 32],
) -> Result<(), Box<dyn std::error::Error>> {
/* block */
    Ok(())
}
