//! Progress for people: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pb::ImportBooksMetadata;

/// Shows how far an import has come.
pub(crate) enum Display {
    Bar(ProgressBar),
    Lines,
}

impl Display {
    pub(crate) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let style = ProgressStyle::with_template("  [{bar:30}] {pos}/{len} books")
            .expect("the template names only keys that indicatif has");
        Self::Bar(ProgressBar::no_length().with_style(style))
    }

    pub(crate) fn update(&self, progress: ImportBooksMetadata) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(progress.total.into());
                bar.set_position(progress.done.into());
            }
            Self::Lines => println!("  {} of {} books", progress.done, progress.total),
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
        }
    }
}
