//! The program `lro-conformance`.

mod args;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use self::args::Args;
use crate::check::Check;
use crate::suite::Suite;

/// What the program ends with where it could not begin, as clap does for arguments that make no sense.
const COULD_NOT_BEGIN: u8 = 2;

/// Runs the program with the arguments of this process: 0 if the server conforms, 1 if it does not, 2 if the run could not
/// begin.
pub async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("lro-conformance: {message}");
            ExitCode::from(COULD_NOT_BEGIN)
        }
    }
}

async fn run(args: Args) -> Result<bool, String> {
    if args.list {
        print!("{}", list());
        return Ok(true);
    }
    let target = args.target()?;
    let suite = Suite::new(target).only(args.only.clone());
    // What the run is at shows where it is looked at; the table comes in the end.
    let report = suite
        .run_with(|entry| {
            if args.progress {
                eprintln!("{:6.2} s  {}", entry.took.as_secs_f64(), entry.check.id());
            }
        })
        .await
        .map_err(|error| error.to_string())?;
    println!("{report}");
    if let Some(path) = &args.json {
        save(path, &format!("{:#}\n", report.to_json()))?;
    }
    if let Some(path) = &args.junit {
        save(path, &report.to_junit(args.strict))?;
    }
    Ok(if args.strict { report.is_strictly_conformant() } else { report.is_conformant() })
}

fn save(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// All checks with their sources.
fn list() -> String {
    let mut text = String::new();
    for check in Suite::checks() {
        let _ = writeln!(text, "{:6} {}\n       {}", check.level(), check.id(), check.title());
        let _ = writeln!(text, "       {}", sources(check));
    }
    let _ = writeln!(text, "{} checks", Suite::checks().count());
    text
}

fn sources(check: &Check) -> String {
    let sources = check.sources().iter().map(|source| format!("{source} <{}>", source.link()));
    sources.collect::<Vec<_>>().join("; ")
}
