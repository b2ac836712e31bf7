// The block is what a client's program does.
use library::library_service_lro::{IMPORT_BOOKS, LibraryServiceLroClient};
use library::{ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::{Client, MethodRegistry, OperationError, OperationRef, Polling, RetryPolicy, State, Update};
use std::time::Duration;

async fn program(
    client: LibraryServiceLroClient,
    request: ImportBooksRequest,
) -> Result<(), Box<dyn std::error::Error>> {
/* block */
    Ok(())
}
