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
    /// Processor time, user and system, of all cores.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Peak resident memory in bytes; zero where it was not measured.
    pub(crate) peak: u64,
}

impl Sample {
    /// This run and then another, as one.
    pub(crate) fn then(self, other: Self) -> Self {
        Self { cpu: self.cpu + other.cpu, wall: self.wall + other.wall, peak: self.peak.max(other.peak) }
    }
}

/// The samples of one contender. The first one warms up caches and does not count.
#[derive(Debug)]
pub(crate) struct Series {
    name: &'static str,
    warm: bool,
    samples: Vec<Sample>,
}

impl Series {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, warm: false, samples: Vec::new() }
    }

    pub(crate) fn push(&mut self, sample: Sample) {
        if std::mem::replace(&mut self.warm, true) {
            self.samples.push(sample);
        }
    }

    fn median<T: Ord + Copy>(&self, figure: impl Fn(&Sample) -> T) -> T {
        let mut figures: Vec<T> = self.samples.iter().map(figure).collect();
        figures.sort_unstable();
        figures[figures.len() / 2]
    }

    /// The median, over pairs of runs that followed each other, of this one's figure over the other's.
    fn ratio(&self, other: &Self, figure: impl Fn(&Sample) -> Duration) -> f64 {
        let pairs = self.samples.iter().zip(&other.samples);
        let mut ratios: Vec<f64> =
            pairs.map(|(a, b)| figure(a).as_secs_f64() / figure(b).as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cpu, wall) = (self.median(|sample| sample.cpu), self.median(|sample| sample.wall));
        write!(f, "{:32} {:7.3} s wall {:7.3} s cpu", self.name, wall.as_secs_f64(), cpu.as_secs_f64())?;
        match self.median(|sample| sample.peak) {
            0 => Ok(()),
            peak => write!(f, " {:6} MB peak", peak / 1_000_000),
        }
    }
}

/// What a comparison has to show.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// The most that the ratio of wall time may be; and no more memory than the peer.
    Wall(f64),
    /// The most that the ratio of processor time may be.
    Cpu(f64),
}

/// Two contenders side by side, with the ratio and how much of it is allowed.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    pub(crate) ours: &'a Series,
    pub(crate) peer: &'a Series,
    pub(crate) limit: Option<Limit>,
}

impl Comparison<'_> {
    /// Fails if the limit is exceeded, so that whoever runs the task in a script hears of it.
    pub(crate) fn keeps_limit(&self) -> Outcome {
        let kept = match self.limit {
            Some(Limit::Wall(most)) => self.wall() <= most && self.keeps_memory(),
            Some(Limit::Cpu(most)) => self.cpu() <= most,
            None => true,
        };
        if kept { Ok(()) } else { Err(format!("a limit of `{}` is exceeded", self.ours.name).into()) }
    }

    fn wall(&self) -> f64 {
        self.ours.ratio(self.peer, |sample| sample.wall)
    }

    fn cpu(&self) -> f64 {
        self.ours.ratio(self.peer, |sample| sample.cpu)
    }

    fn keeps_memory(&self) -> bool {
        let peak = |series: &Series| series.median(|sample| sample.peak);
        peak(self.ours) <= peak(self.peer)
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ours, peer, limit } = self;
        let (wall, cpu) = (self.wall(), self.cpu());
        writeln!(f, "{ours}\n{peer}\n{:32} {wall:7.3}   wall {cpu:7.3}   cpu", "ratio")?;
        let verdict = |kept| if kept { "kept" } else { "EXCEEDED" };
        match *limit {
            Some(Limit::Wall(most)) => {
                write!(f, "{:32} {most:7.3}   wall, {}", "limit", verdict(wall <= most))?;
                // Functions of this process have no memory of their own to measure.
                if ours.median(|sample| sample.peak) > 0 {
                    write!(f, "; no more memory than they, {}", verdict(self.keeps_memory()))?;
                }
                writeln!(f)?;
            }
            Some(Limit::Cpu(most)) => {
                writeln!(f, "{:32} {:10} {most:10.3}   cpu, {}", "limit", "", verdict(cpu <= most))?;
            }
            None => {}
        }
        Ok(())
    }
}

/// Runs a plugin with a file as its input; its output is thrown away.
pub(crate) fn plugin(program: &Path, input: &Path) -> Outcome<Sample> {
    let mut command = Command::new(program);
    command.stdin(File::open(input)?).stdout(Stdio::null()).stderr(Stdio::null());
    process(&mut command)
}

/// Runs a command to its end, and those it runs itself.
pub(crate) fn process(command: &mut Command) -> Outcome<Sample> {
    let started = Instant::now();
    let ended = command.spawn()?.wait4()?;
    if !ended.status.success() {
        return Err(format!("{} failed: {}", command.get_program().display(), ended.status).into());
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

/// Runs a function; processor time is taken to be wall time, whichever threads it starts.
pub(crate) fn function<T>(run: impl FnOnce() -> T) -> Sample {
    let started = Instant::now();
    // The result's destructor is part of what a caller pays.
    drop(std::hint::black_box(run()));
    let wall = started.elapsed();
    Sample { cpu: wall, wall, peak: 0 }
}
