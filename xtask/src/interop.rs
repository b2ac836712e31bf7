//! `cargo xtask interop`: the clients of others against the example's server, on each store.

use crate::{Outcome, cargo, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// On which stores: some of memory, sqlite and postgres, with commas between them. On all unless it is said.
    #[arg(long)]
    store: Option<String>,
    /// Which clients: some of python, python-async, node, go, buf and grpcurl. All unless it is said.
    #[arg(long)]
    client: Option<String>,
    /// Does not show with servers that do one thing wrong that each check can fail.
    #[arg(long)]
    no_faults: bool,
}

/// Builds the server and runs the program, which installs the clients in the target folder.
pub(crate) fn run(args: &Args) -> Outcome {
    cargo::run(root(), &["build", "--quiet", "-p", "library", "-p", "interop"])?;
    let mut arguments: Vec<String> = ["run", "--quiet", "-p", "interop", "--"].map(String::from).into();
    let target = cargo::target_folder();
    let library = target.join(format!("debug/library{}", std::env::consts::EXE_SUFFIX));
    arguments.push(format!("--library={}", library.display()));
    arguments.push(format!("--folder={}", target.join("interop").display()));
    arguments.extend(args.store.as_ref().map(|store| format!("--store={store}")));
    arguments.extend(args.client.as_ref().map(|client| format!("--client={client}")));
    arguments.extend(args.no_faults.then(|| "--no-faults".to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if cargo::command(root(), &arguments).status()?.success() {
        Ok(())
    } else {
        Err("a client does not get along with the server, or could not run; what it says is above".into())
    }
}
