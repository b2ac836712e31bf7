//! From the names of protos to the descriptors of these and of all that they import.
//!
//! protox reads files and prost-reflect checks them. In between lies what they leave to do so that files are taken as protoc takes them:
//! `repair` mends texts, `names` and `rewrite` resolve names by what a file imports.

mod advice;
mod finder;
mod names;
mod problem;
mod repair;
mod rewrite;

use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use protox::prost_reflect::DescriptorPool;

use self::advice::Known;
use self::finder::{Finder, Found};
use self::names::Names;
use crate::error::Error;

/// Protos that were compiled, with all that they import.
#[derive(Debug)]
pub(crate) struct Protos {
    pool: DescriptorPool,
    files: Vec<Compiled>,
}

/// What is known of a compiled file besides its descriptor.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// As it is imported.
    pub(crate) name: String,
    /// Where it is, if it is on disk.
    pub(crate) path: Option<PathBuf>,
    /// Whether it was named by the caller, and not only imported.
    pub(crate) is_named: bool,
}

impl Protos {
    /// Compiles files, each given by its path or as it would be imported.
    pub(crate) fn compile(paths: &[&Path], includes: &[PathBuf]) -> Result<Self, Error> {
        let mut loader = Loader {
            finder: Finder::new(includes)?,
            names: Names::default(),
            protos: Self { pool: DescriptorPool::new(), files: Vec::new() },
        };
        for path in paths {
            loader.named(path)?;
        }
        Ok(loader.protos)
    }

    /// The compiled files, imports before those that import them.
    pub(crate) fn files(&self) -> &[Compiled] {
        &self.files
    }

    /// The files as a serialized `FileDescriptorSet`, custom options and comments included.
    pub(crate) fn encode(&self) -> Vec<u8> {
        self.pool.encode_to_vec()
    }
}

/// Compiles one file after the other, each after its imports.
#[derive(Debug)]
struct Loader {
    finder: Finder,
    names: Names,
    protos: Protos,
}

impl Loader {
    /// Compiles a file that the caller named.
    fn named(&mut self, path: &Path) -> Result<(), Error> {
        let not_included = |finder: &Finder| problem::not_included(path, finder);
        let (name, is_below) = self.finder.name(path).ok_or_else(|| not_included(&self.finder))?;
        let index = if let Some(index) = self.position(&name) {
            index
        } else {
            let found = self.open(&name)?.ok_or_else(|| not_included(&self.finder))?;
            self.add(found, &mut vec![name.clone()])?
        };
        let file = &mut self.protos.files[index];
        file.is_named = true;
        match &file.path {
            Some(actual) if is_below && !is_same(actual, path) => Err(problem::shadowed(&name, path, actual)),
            _ => Ok(()),
        }
    }

    fn open(&self, name: &str) -> Result<Option<Found>, Error> {
        self.finder.open(name).map_err(|why| problem::unreadable(why, name, &self.finder))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.protos.files.iter().position(|file| file.name == name)
    }

    /// Compiles a file after what it imports, and says which it is. `open` holds the names of the files that are under way, its own last.
    fn add(&mut self, found: Found, open: &mut Vec<String>) -> Result<usize, Error> {
        let mut seen = HashSet::new();
        for (index, import) in found.file.file_descriptor_proto().dependency.iter().enumerate() {
            if !seen.insert(import) {
                return Err(problem::imported_twice(import, &found, index, &self.finder));
            }
            if open.contains(import) {
                return Err(problem::circular(open, import, &found, index, &self.finder));
            }
            if self.position(import).is_none() {
                let imported = self.open(import)?;
                let imported =
                    imported.ok_or_else(|| problem::not_found(import, &found, index, &self.finder))?;
                open.push(import.clone());
                self.add(imported, open)?;
                open.pop();
            }
        }
        self.check(found)
    }

    /// Has prost-reflect check a file whose imports are there.
    fn check(&mut self, Found { file, text, path, encoded }: Found) -> Result<usize, Error> {
        let pool = &mut self.protos.pool;
        let name = file.name().to_owned();
        self.names.add(file.file_descriptor_proto());
        // It panics where two extensions of one number meet, of which protoc only warns. What it has of the file then is given up.
        let checked = panic::catch_unwind(AssertUnwindSafe(|| match encoded {
            // The bundle is right, and has options that only the bytes hold.
            Some(encoded) => pool.decode_file_descriptor_proto(&encoded[..]),
            None => pool.add_file_descriptor_proto(rewrite::as_protoc(file.into(), &self.names)),
        }));
        let checked = checked.map_err(|panic| problem::panicked(&name, &*panic, &self.finder))?;
        checked.map_err(|error| {
            let known = Known { pool, names: self.names.visible(&name), finder: &self.finder };
            problem::check(error, text.as_deref(), &known)
        })?;
        self.protos.files.push(Compiled { name, path, is_named: false });
        Ok(self.protos.files.len() - 1)
    }
}

/// Whether two paths are the same but for a `.` in them.
fn is_same(a: &Path, b: &Path) -> bool {
    let parts = |path: &Path| {
        let parts = path.components().filter(|part| !matches!(part, std::path::Component::CurDir));
        parts.map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>()
    };
    parts(a) == parts(b)
}
