// The block is about a service that there is already.
use library::library_service_lro::{IMPORT_BOOKS, LibraryServiceLro, LibraryServiceLroClient, LibraryServiceLroServer};
use library::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use lro::{Context, Engine};
use tonic::{Request, Response, Status};

struct Library;

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn import_books(
        &self,
        request: ImportBooksRequest,
        operation: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        let total = u32::try_from(request.uris.len()).unwrap();
        let mut imported = operation.last_checkpoint::<ImportBooksResponse>()?.unwrap_or_default();
        for (done, uri) in (1..).zip(request.uris).skip(imported.books.len()) {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            imported.books.push(Book { name: format!("{}/books/{done}", request.parent), title: uri });
            operation.checkpoint(&imported).await?;
            operation.progress(ImportBooksMetadata { done, total }).await?;
        }
        Ok(imported)
    }
}

fn request() -> ImportBooksRequest {
    ImportBooksRequest { parent: "shelves/1".into(), uris: vec!["books://emma".into(), "books://ivanhoe".into()] }
}

/* block */
