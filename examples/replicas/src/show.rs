//! What happens, in order.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use library::client::{self, Import};
use library::pb::{ImportBooksRequest, ImportBooksResponse};

use crate::fleet::{Api, Fleet};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const BOOKS: [&str; 6] = ["emma", "dracula", "walden", "candide", "kim", "nana"];

/// Runs it on this database.
///
/// # Errors
///
/// Anything went otherwise than it says.
pub(crate) async fn run(program: &Path, url: &str) -> Result {
    let fleet = Fleet { program: program.to_owned(), url: url.to_owned() };
    println!("# Four processes on one database");
    let (first_api, second_api) = (fleet.api("api-1").await?, fleet.api("api-2").await?);
    let first_worker = fleet.worker("worker-1").await?;
    let second_worker = fleet.worker("worker-2").await?;

    println!("\n# An import that one replica accepts, some worker does, and another replica answers for");
    let import = start(&first_api, 1).await?;
    let elsewhere = client::resume(&second_api.client, import.name());
    finish([elsewhere]).await?;

    println!("\n# A worker is killed in the middle of its work, and the others take over");
    let imports = [start(&first_api, 2).await?, start(&second_api, 3).await?, start(&first_api, 4).await?];
    underway(&imports).await?;
    first_worker.kill().await?;
    finish(imports).await?;

    println!("\n# A replica that answers is killed, and the client asks another one");
    let third_worker = fleet.worker("worker-3").await?;
    let import = start(&first_api, 5).await?;
    first_api.process.kill().await?;
    finish([client::resume(&second_api.client, import.name())]).await?;

    println!("\n# A new version: each process is replaced while work goes on");
    let third_api = fleet.api("api-3").await?;
    let imports = [start(&third_api, 6).await?, start(&third_api, 7).await?];
    underway(&imports).await?;
    let fourth_worker = fleet.worker("worker-4").await?;
    second_worker.terminate().await?;
    third_worker.terminate().await?;
    // Open connections would keep it waiting.
    drop(second_api.client);
    second_api.process.terminate().await?;
    finish(imports).await?;

    println!("\n# The end");
    drop(third_api.client);
    third_api.process.terminate().await?;
    fourth_worker.terminate().await?;
    println!("every import that was accepted has ended, each with all of its books");
    Ok(())
}

/// Starts the import of a shelf.
async fn start(api: &Api, shelf: u32) -> Result<Import> {
    let uris = BOOKS.iter().map(|book| format!("books://{book}")).collect();
    let request = ImportBooksRequest { parent: format!("shelves/{shelf}"), uris };
    let import = api.client.import_books(request).await?;
    println!("{} has accepted {import}", api.process.name);
    Ok(import)
}

/// Waits until some books of each are there.
async fn underway(imports: &[Import]) -> Result {
    for import in imports {
        while import.poll().await?.metadata().is_none_or(|metadata| metadata.done < 2) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

/// Waits for the ends of imports, all of whose books must be there.
async fn finish<const N: usize>(imports: [Import; N]) -> Result {
    for import in imports {
        let ImportBooksResponse { books } = import.wait().await?;
        println!("{import} is done: {} books", books.len());
        if books.len() != BOOKS.len() {
            return Err(format!("{import} has lost books").into());
        }
    }
    Ok(())
}
