//! What takes the generator's time.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// Prints how long the threads of the plugin were at each stage, by medians of some runs.
///
/// The time is that of the processor, for all threads together.
pub(crate) fn print(program: &Path, title: &str, input: &Path, runs: u16) -> Outcome {
    let mut names = Vec::new();
    let mut samples: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for _ in 0..runs {
        let output = Command::new(program).stdin(File::open(input)?).stdout(Stdio::null()).output()?;
        let lines = String::from_utf8(output.stderr)?;
        for line in lines.lines() {
            let (name, micros) = line.split_once(' ').ok_or("a line of the profile has two words")?;
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
            samples.entry(name.to_owned()).or_default().push(micros.parse()?);
        }
    }
    let medians: Vec<(&String, u64)> = names.iter().map(|name| (name, median(&samples[name]))).collect();
    let all: u64 = medians.iter().map(|(_, micros)| micros).sum();
    println!("where the time of {title} goes, all threads together:");
    for (name, micros) in medians {
        println!("  {name:10} {:7} ms {:4} %", micros / 1000, micros * 100 / all.max(1));
    }
    println!();
    Ok(())
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
