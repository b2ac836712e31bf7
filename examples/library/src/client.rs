//! The client: starts imports, follows them, picks them up again.

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use lro::{Operation, Polling, Update};

use crate::pb::library_service_lro::LibraryServiceLroClient;
use crate::pb::{ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse};
use crate::show::Display;

/// The handle of an import.
pub type Import = Operation<ImportBooksResponse, ImportBooksMetadata>;

/// Connects to a server, such as `http://[::1]:50051`.
///
/// # Errors
///
/// Nothing answers there.
pub async fn connect(address: &str) -> Result<LibraryServiceLroClient, tonic::transport::Error> {
    // Looks often, because a book takes moments; a real import would keep the default.
    let polling =
        Polling::new().with_initial_delay(Duration::from_millis(100)).with_max_delay(Duration::from_secs(1));
    Ok(lro::Client::connect(address.to_owned()).await?.polling(polling).into())
}

/// Starts an import and says what it is called.
///
/// # Errors
///
/// The server refuses to start it.
pub async fn import(
    client: &LibraryServiceLroClient,
    parent: &str,
    uris: &[String],
) -> Result<Import, tonic::Status> {
    let request = ImportBooksRequest { parent: parent.to_owned(), uris: uris.to_vec() };
    let operation = client.import_books(request).await?;
    println!("started {operation}");
    Ok(operation)
}

/// Picks up an import by its name, in this process or another.
pub fn resume(client: &LibraryServiceLroClient, name: &str) -> Import {
    client.import_books_operation(name)
}

/// Shows an import until it ends. Ctrl-C cancels it, and once more ends this program.
///
/// # Errors
///
/// The import failed or was cancelled, or this client does not know how it stands.
pub async fn follow(operation: &Import) -> Result<ImportBooksResponse, lro::OperationError> {
    let display = Display::new();
    let outcome = watch(operation, &display).await;
    display.finish();
    match &outcome {
        Ok(response) => println!("done: {}", titles(response)),
        Err(error) if error.is_failed() => println!("failed: {error}"),
        Err(error) if error.is_cancelled() => println!("cancelled: {error}"),
        Err(error) if error.may_still_run() => println!("still running; resume with {operation}"),
        Err(error) => println!("no result: {error}"),
    }
    outcome
}

async fn watch(operation: &Import, display: &Display) -> Result<ImportBooksResponse, lro::OperationError> {
    let mut updates = operation.updates();
    // Made once: it hears a Ctrl-C that comes between two turns of the loop too.
    let mut interrupted = pin!(cancel_on_ctrl_c(operation));
    loop {
        tokio::select! {
            update = updates.next() => match update {
                Some(Ok(Update::Progress(progress))) => display.update(progress),
                Some(Ok(Update::Done(response))) => return Ok(response),
                Some(Err(error)) => return Err(error),
                // The stream ends with the result; asked again after that, it has no more to say.
                None => return operation.wait().await,
            },
            error = &mut interrupted => return Err(error),
        }
    }
}

/// The first Ctrl-C cancels the operation, the second ends this program. Returns only if the server does not
/// take the cancellation; that the operation has ended is for `updates` to tell.
async fn cancel_on_ctrl_c(operation: &Import) -> lro::OperationError {
    ctrl_c().await;
    tokio::select! {
        Err(error) = operation.cancel() => error,
        () = ctrl_c() => std::process::exit(130),
    }
}

/// The next Ctrl-C; never where the system does not tell of it.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

fn titles(response: &ImportBooksResponse) -> String {
    response.books.iter().map(|book| book.title.as_str()).collect::<Vec<_>>().join(", ")
}
