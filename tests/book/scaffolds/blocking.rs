// The block is what a client's program does that has no async code.
use library::{GetBookRequest, ImportBooksRequest};
use library::library_service_lro::{IMPORT_BOOKS, LibraryServiceLroClient};

fn program(request: ImportBooksRequest) -> Result<(), Box<dyn std::error::Error>> {
/* block */
    Ok(())
}
