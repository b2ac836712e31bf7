// A service whose work is the block.
use library::library_service_lro::LibraryServiceLro;
use library::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::{Context, OnConflict, Retry, Start};
use std::time::Duration;
use tonic::{Request, Response, Status};

struct Library;

async fn fetch(uri: &str) -> Result<Book, Status> {
    Err(Status::not_found(uri))
}

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Err(Status::unimplemented("not here"))
    }

/* block */
}
