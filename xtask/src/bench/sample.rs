//! Runs, measured: what they took, and how two compare.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use prost::Message as _;
use wait4::Wait4 as _;

use crate::Outcome;

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Processor time, user and system.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Peak resident memory in bytes; zero where it was not measured.
    pub(crate) peak: u64,
}

/// The samples of one contender.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<Sample>,
}

impl Series {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, samples: Vec::new() }
    }

    fn median<T: Ord + Copy>(&self, figure: impl Fn(&Sample) -> T) -> T {
        let mut figures: Vec<T> = self.samples.iter().map(figure).collect();
        figures.sort_unstable();
        figures[figures.len() / 2]
    }

    /// The median, over pairs of runs that followed each other, of this one's processor time over the other's.
    pub(crate) fn cpu_ratio(&self, other: &Self) -> f64 {
        let pairs = self.samples.iter().zip(&other.samples);
        let mut ratios: Vec<f64> = pairs.map(|(a, b)| a.cpu.as_secs_f64() / b.cpu.as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cpu, wall) = (self.median(|sample| sample.cpu), self.median(|sample| sample.wall));
        write!(f, "{:32} {:7.3} s cpu {:7.3} s wall", self.name, cpu.as_secs_f64(), wall.as_secs_f64())?;
        match self.median(|sample| sample.peak) {
            0 => Ok(()),
            peak => write!(f, " {:6} MB peak", peak / 1_000_000),
        }
    }
}

/// Runs a program with a file as its input; its output is thrown away.
pub(crate) fn process(program: &Path, input: &Path) -> Outcome<Sample> {
    let started = Instant::now();
    let mut child = Command::new(program)
        .stdin(File::open(input)?)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let ended = child.wait4()?;
    if !ended.status.success() {
        return Err(format!("{} failed: {}", program.display(), ended.status).into());
    }
    let usage = ended.rusage;
    Ok(Sample { cpu: usage.utime + usage.stime, wall: started.elapsed(), peak: usage.maxrss })
}

/// Runs a plugin once and makes sure that it generates: what fails at once would look fast.
pub(crate) fn rehearse(program: &Path, input: &Path) -> Outcome {
    let output = Command::new(program).stdin(File::open(input)?).stderr(Stdio::null()).output()?;
    let response = prost_types::compiler::CodeGeneratorResponse::decode(output.stdout.as_slice())?;
    match response.error {
        None if !response.file.is_empty() => Ok(()),
        error => {
            Err(format!("{} generates nothing: {}", program.display(), error.unwrap_or_default()).into())
        }
    }
}

/// Runs a function on this thread; processor time is taken to be wall time.
pub(crate) fn function<T>(run: impl FnOnce() -> T) -> Sample {
    let started = Instant::now();
    // The result's destructor is part of what a caller pays.
    drop(std::hint::black_box(run()));
    let wall = started.elapsed();
    Sample { cpu: wall, wall, peak: 0 }
}
