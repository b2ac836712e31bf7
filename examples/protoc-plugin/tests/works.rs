//! The checked-in code of both modes, at work: a server and a typed client of it, in one process.

use lro::store::MemoryStore;
use lro::{Context, Engine, Start};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// A test of the package in `protoc_plugin::$module`, in a module of its own because the types of the two are different ones.
macro_rules! works {
    ($module:ident) => {
        mod $module {
            use protoc_plugin::$module::example::library::v1::library_service_lro::*;
            use protoc_plugin::$module::example::library::v1::*;

            use super::*;

            struct Library;

            impl LibraryServiceLro for Library {
                async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
                    Ok(Response::new(Book { name: request.into_inner().name, title: "Emma".to_owned() }))
                }

                async fn start_import_books(
                    &self,
                    request: &Request<ImportBooksRequest>,
                ) -> Result<Start<ImportBooksMetadata>, Status> {
                    Ok(Start::new().parent(&request.get_ref().parent))
                }

                async fn import_books(
                    &self,
                    request: ImportBooksRequest,
                    operation: Context<ImportBooksMetadata>,
                ) -> Result<ImportBooksResponse, Status> {
                    let total = u32::try_from(request.uris.len()).unwrap();
                    operation.progress(ImportBooksMetadata { done: total, total }).await?;
                    let book = |title| Book { name: format!("{}/books/{title}", request.parent), title };
                    Ok(ImportBooksResponse { books: request.uris.iter().cloned().map(book).collect() })
                }
            }

            #[tokio::test]
            async fn an_operation_of_the_generated_client_ends_in_the_response_of_the_generated_server() {
                let engine = Engine::builder(MemoryStore::new()).build();
                let server = Routes::new(LibraryServiceLroServer::serve(Library, &engine))
                    .add_service(engine.operations_server());
                let client = LibraryServiceLroClient::new(server);
                let uris = vec!["emma".to_owned(), "dracula".to_owned()];
                let request = ImportBooksRequest { parent: "shelves/1".to_owned(), uris };

                let operation = client.import_books(request).await.unwrap();
                let response = client.import_books_operation(operation.name()).wait().await.unwrap();

                assert!(operation.name().starts_with("shelves/1/operations/"));
                assert_eq!(response.books[1].name, "shelves/1/books/dracula");
                let request = GetBookRequest { name: response.books[0].name.clone() };
                assert_eq!(client.get_book(request).await.unwrap().into_inner().title, "Emma");
            }
        }
    };
}

works!(all);
works!(beside);
