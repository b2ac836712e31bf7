//! Whether the number of threads changes anything but the time, over real protos.

use std::num::NonZeroUsize;

use lro_codegen::{Config, Diagnostics, Emit, Output};

use crate::Outcome;
use crate::tree::Tree;

/// Numbers of threads to compare with one.
const THREADS: [usize; 2] = [2, 7];

/// Of how many packages one is generated with messages, which take many times longer than the layer.
const STRIDE: usize = 10;

/// Generates many packages in one run, with each number of threads. Fails if they write different files.
pub(crate) fn compare(tree: &Tree) -> Outcome {
    for (emit, stride) in [(Emit::Lro, 1), (Emit::All, STRIDE)] {
        let packages = tree.packages();
        let targets: Vec<&str> = packages.values().step_by(stride).flatten().copied().collect();
        let request = tree.request(&targets)?;
        let run = |threads| generate(&request, emit, threads);
        let alone = run(1)?;
        for threads in THREADS {
            if run(threads)? != alone {
                return Err(format!("emit={emit:?}: {threads} threads write other files than one").into());
            }
            println!("emit={emit:?}: {threads} threads write the same {} files as one", alone.files().len());
        }
    }
    Ok(())
}

fn generate(request: &[u8], emit: Emit, threads: usize) -> Result<Output, Diagnostics> {
    let mut config = Config::default();
    config.emit = emit;
    config.threads = NonZeroUsize::new(threads);
    lro_codegen::generate(request.to_vec(), &config)
}
