// A service whose start hook is the block.
use library::library_service_lro::LibraryServiceLro;
use library::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::{Context, OnConflict, Retry, Start};
use std::time::Duration;
use tonic::{Request, Response, Status};

struct Library {
    books: Books,
}

struct Books;

impl Books {
    fn on_shelf(&self, _: &str) -> Option<ImportBooksResponse> {
        None
    }

    async fn order(&self, _: &ImportBooksRequest, _callback: String) -> Result<(), Status> {
        Ok(())
    }
}

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

/* block */
}
