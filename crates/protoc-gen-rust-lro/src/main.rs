//! `protoc --rust-lro_out=…`: typed long-running operations for prost and tonic.
//!
//! Reads a request from standard input, and the files that its options name, and writes the response to standard output;
//! all else happens in `lro-codegen`.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::process::ExitCode;

use lro_codegen::{Config, FileReader};

mod help;

/// Syntax trees are a great many small allocations: with the allocator of most systems they are a third of the time.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // An argument that is no text is none that there is, and the message shows what can be shown of it.
    let argument = std::env::args_os().nth(1).map(|argument| argument.to_string_lossy().into_owned());
    let outcome = match argument.as_deref() {
        None => answer(),
        Some("--help" | "-h") => print(&help::text()),
        Some("--version" | "-V") => print(concat!("protoc-gen-rust-lro ", env!("CARGO_PKG_VERSION"), "\n")),
        Some(other) => {
            eprintln!(
                "protoc-gen-rust-lro: there is no argument `{other}`; protoc runs this plugin without any, see --help"
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("protoc-gen-rust-lro: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Room for all but the largest requests, so that they are not copied from one buffer to the next while they come in. Memory that nothing
/// is written to costs nothing.
const REQUEST_SIZE: usize = 32 << 20;

/// Answers the request on standard input.
fn answer() -> io::Result<()> {
    if io::stdin().is_terminal() {
        return Err(io::Error::other(
            "this is a plugin that protoc or buf runs, and it reads their request from standard input; see --help",
        ));
    }
    // Whatever goes wrong ends up in the response; a backtrace beside it would only hide it.
    std::panic::set_hook(Box::new(|_| {}));
    let mut request = Vec::with_capacity(REQUEST_SIZE);
    io::stdin().read_to_end(&mut request)?;
    let mut config = Config::default();
    config.read_file = Some(FileReader::new(|path| std::fs::read_to_string(path)));
    let run = lro_codegen::run_plugin(request, &config);
    for warning in &run.warnings {
        eprintln!("{warning}");
    }
    let mut output = io::stdout().lock();
    output.write_all(&run.response)?;
    output.flush()
}

fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}
