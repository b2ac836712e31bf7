// The block is the end of some work.
use library::{Book, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::Context;
use tonic::Status;

async fn fetch(uri: &str) -> Result<Book, Status> {
    Err(Status::not_found(uri))
}

fn convert(_page: usize) -> Vec<u8> {
    Vec::new()
}

async fn import_books(
    request: ImportBooksRequest,
    operation: Context<ImportBooksMetadata>,
    books: Vec<Book>,
    mut imported: ImportBooksResponse,
) -> Result<ImportBooksResponse, Status> {
/* block */
}
