//! Crates below the target folder, to see what cargo makes of generated code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, cargo, root};

/// A crate to write.
#[derive(Debug)]
pub(crate) struct Scratch<'a> {
    /// Its folder below the target folder, and in it nothing else.
    pub(crate) folder: &'a str,
    /// What its manifest says besides its name.
    pub(crate) manifest: &'a str,
    /// What `lib.rs` says besides including the generated files.
    pub(crate) library: &'a str,
}

/// What generated code needs; the versions are those of the workspace. `LRO` stands for the path of the runtime.
pub(crate) const DEPENDENCIES: &str = r#"[dependencies]
lro = { path = "LRO" }
prost = "0.14"
prost-types = "0.14"
tonic = "0.14"
tonic-prost = "0.14"
"#;

impl Scratch<'_> {
    /// Writes the crate with generated files, `mod.rs` among them, in place of what was there. Returns its folder.
    pub(crate) fn write(&self, files: &[(&str, impl AsRef<str>)]) -> Outcome<PathBuf> {
        let folder = cargo::target_folder().join(self.folder);
        self.write_all(&folder, files)
            .map_err(|error| format!("cannot write a crate to {}: {error}", folder.display()))?;
        Ok(folder)
    }

    fn write_all(&self, folder: &Path, files: &[(&str, impl AsRef<str>)]) -> std::io::Result<()> {
        let generated = folder.join("src/generated");
        if generated.exists() {
            fs::remove_dir_all(&generated)?;
        }
        fs::create_dir_all(&generated)?;
        let lro = root().join("crates/lro");
        let manifest = self.manifest.replace("LRO", &lro.display().to_string());
        // A workspace of its own, as the target folder may lie in another one.
        let package =
            "[package]\nname = \"generated\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n";
        fs::write(folder.join("Cargo.toml"), format!("{package}\n{manifest}\n[workspace]\n"))?;
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("src/lib.rs"), format!("{}\ninclude!(\"generated/mod.rs\");\n", self.library))?;
        for (name, content) in files {
            fs::write(generated.join(name), content.as_ref())?;
        }
        Ok(())
    }
}
