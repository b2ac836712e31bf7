//! `cargo xtask conformance`: the example server, as a process of its own on each store, before the black box.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use protox::Compiler;
use test_postgres::Database;

use crate::{Outcome, cargo, root};

const PROTO: &str = "example/library/v1/library.proto";
const METHOD: &str = "example.library.v1.LibraryService/ImportBooks";

/// How long the server takes for a book, in milliseconds.
const FETCH_TIME: usize = 100;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// On which stores: some of memory, sqlite and postgres.
    #[arg(long, value_delimiter = ',', default_values = ["memory", "sqlite", "postgres"])]
    store: Vec<String>,
    /// Fail for a SHOULD as for a MUST.
    #[arg(long)]
    strict: bool,
    /// Only these checks.
    #[arg(long)]
    only: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let build = ["build", "--quiet", "-p", "library", "-p", "lro-conformance"];
    if !cargo::command(root(), &build).status()?.success() {
        return Err("the example and the black box cannot be built".into());
    }
    let folder = cargo::target_folder().join("conformance");
    fs::create_dir_all(&folder)?;
    let descriptors = folder.join("library.binpb");
    let mut compiler = Compiler::new([root().join("proto")])?;
    compiler.include_imports(true).open_file(PROTO)?;
    fs::write(&descriptors, compiler.encode_file_descriptor_set())?;

    let mut failed = Vec::new();
    for store in &args.store {
        println!("\n=== {store}");
        let Some(place) = place(store, &folder)? else { continue };
        let server = Server::start(&folder, &place.argument)?;
        if !black_box(args, &server, store != "memory", &descriptors, &folder.join(store))?.success() {
            failed.push(store.as_str());
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("the example fails on {}", failed.join(", ")).into()) }
}

/// What the server is told of its store, and the database, which goes with this.
struct Place {
    argument: String,
    _database: Option<Database>,
}

/// A fresh store; nothing where there is no PostgreSQL.
fn place(store: &str, folder: &Path) -> Outcome<Option<Place>> {
    let (argument, database) = match store {
        "memory" => ("memory".to_owned(), None),
        "sqlite" => {
            for file in ["library.db", "library.db-wal", "library.db-shm"] {
                match fs::remove_file(folder.join(file)) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
            (format!("sqlite:{}", folder.join("library.db").display()), None)
        }
        "postgres" => {
            let Some(database) = test_postgres::shared().map(test_postgres::Server::database) else {
                return Ok(None);
            };
            (database.url(), Some(database))
        }
        _ => return Err(format!("`{store}` is no store; say memory, sqlite or postgres").into()),
    };
    Ok(Some(Place { argument, _database: database }))
}

fn black_box(
    args: &Args,
    server: &Server,
    outlives: bool,
    descriptors: &Path,
    report: &Path,
) -> Outcome<ExitStatus> {
    let request =
        |books: &[&str]| serde_json::json!({ "parent": "shelves/{{id}}", "uris": books }).to_string();
    let (slow, long) = (vec!["books://emma"; 15], vec!["books://emma"; 600_000 / FETCH_TIME]);
    let mut command = Command::new(program("lro-conformance"));
    command
        .arg(&server.address)
        .args(["--method", METHOD, "--request", &request(&["books://emma"])])
        .args(["--failing-request", &request(&["books://lost"]), "--refused-request", &request(&[])])
        .args(["--slow-request", &request(&slow), "--long-request", &request(&long)])
        .args(["--list-name", "shelves/-", "--wait-timeout", "1"])
        .arg("--descriptors")
        .arg(descriptors)
        .arg("--json")
        .arg(report.with_extension("json"))
        .arg("--junit")
        .arg(report.with_extension("xml"));
    if outlives {
        command.arg("--restart").arg(format!("sh '{}'", server.script.display()));
    }
    if args.strict {
        command.arg("--strict");
    }
    command.args(args.only.iter().flat_map(|check| ["--only", check]));
    Ok(command.status()?)
}

/// The example as a process, which a script can replace by another one.
struct Server {
    child: Child,
    address: String,
    /// Kills the process of the file beside it and starts another one.
    script: PathBuf,
    id: PathBuf,
}

impl Server {
    fn start(folder: &Path, place: &str) -> Outcome<Self> {
        let program = program("library");
        let arguments =
            [format!("--store={place}"), format!("--fetch-time={FETCH_TIME}"), "--lease=2".to_owned()];
        let mut command = Command::new(&program);
        command.arg("server").args(&arguments).arg("--listen=127.0.0.1:0").stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on ").ok_or("the server does not say where it listens")?;
        let (script, id) = (folder.join("restart.sh"), folder.join("server.pid"));
        fs::write(&id, child.id().to_string())?;
        let listen = address.trim_start_matches("http://");
        let quoted = arguments.iter().map(|argument| format!("'{argument}'")).collect::<Vec<_>>().join(" ");
        let text = format!(
            "set -e\nkill -9 \"$(cat '{id}')\"\n'{program}' server {quoted} --listen={listen} >/dev/null &\necho $! >'{id}'\n",
            id = id.display(),
            program = program.display(),
        );
        fs::write(&script, text)?;
        Ok(Self { child, address: address.to_owned(), script, id })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may be one that the script has started.
        let last = fs::read_to_string(&self.id).unwrap_or_default();
        if last.trim() != self.child.id().to_string() {
            // If it has ended by itself, there is nothing to do.
            drop(Command::new("kill").args(["-9", last.trim()]).status());
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A program of the workspace.
fn program(name: &str) -> PathBuf {
    cargo::target_folder().join("debug").join(name)
}
