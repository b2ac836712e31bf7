//! Where protos are: in the includes, in the bundle, among the files that protox brings along.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use protox::file::{File, FileResolver as _, GoogleFileResolver, IncludeFileResolver};

use super::names;
use super::repair::{self, repaired};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::span::without_mark;

/// What protox brings along of `google/protobuf`, but for what only compilers import.
const GOOGLE: [&str; 11] = [
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
];

/// Finds files by the names that imports have for them.
#[derive(Debug)]
pub(crate) struct Finder {
    includes: Vec<PathBuf>,
    bundle: Bundle,
    google: GoogleFileResolver,
}

/// A file that was found and parsed.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    /// What it says, as it is on disk but for a byte order mark.
    pub(super) text: Option<String>,
    pub(super) path: Option<PathBuf>,
    /// Its descriptor as bytes, where it came as such.
    pub(super) encoded: Option<Vec<u8>>,
}

/// Why a file that was found cannot be read.
pub(super) enum Unreadable {
    /// Something else than its syntax is wrong.
    Failed(Error),
    /// It is in an edition.
    Edition,
    /// It is no proto.
    Syntax(protox::Error),
}

impl From<Error> for Unreadable {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Finder {
    pub(super) fn new(includes: &[PathBuf]) -> Result<Self, Error> {
        let (includes, bundle) = (includes.to_vec(), Bundle::read()?);
        Ok(Self { includes, bundle, google: GoogleFileResolver::new() })
    }

    pub(crate) fn includes(&self) -> &[PathBuf] {
        &self.includes
    }

    pub(crate) fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// How imports call a file, and whether its path is one below an include. Nothing if it can be none of a file that is included.
    pub(super) fn name(&self, path: &Path) -> Option<(String, bool)> {
        let below = |include: &PathBuf| IncludeFileResolver::new(include.clone()).resolve_path(path);
        if let Some(name) = self.includes.iter().find_map(below) {
            return Some((name, true));
        }
        let parts: Option<Vec<&str>> = path
            .components()
            .map(|part| if let Component::Normal(part) = part { part.to_str() } else { None })
            .collect();
        parts.map(|parts| (parts.join("/"), false)).filter(|(name, _)| !name.is_empty())
    }

    /// Where a file is on disk, or else its name.
    pub(crate) fn shown_path(&self, name: &str) -> String {
        let mut paths = self.includes.iter().map(|include| include.join(name));
        paths.find(|path| path.is_file()).map_or_else(|| name.to_owned(), |path| path.display().to_string())
    }

    /// Looks among the includes first, then in the bundle, then among protox's own copies of `google/protobuf`. Nothing if a file is nowhere.
    pub(super) fn open(&self, name: &str) -> Result<Option<Found>, Unreadable> {
        for include in &self.includes {
            let path = include.join(name);
            match fs::read(&path) {
                Ok(bytes) => return self.parse(name, bytes, path).map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("read", &path, error).into()),
            }
        }
        if let Some(encoded) = self.bundle.file(name) {
            let file = File::decode_file_descriptor_proto(encoded).map_err(|error| Error::bundle(&error))?;
            return Ok(Some(Found { file, text: None, path: None, encoded: Some(encoded.to_vec()) }));
        }
        Ok(self.brought_along(name))
    }

    fn parse(&self, name: &str, bytes: Vec<u8>, path: PathBuf) -> Result<Found, Unreadable> {
        let Ok(text) = String::from_utf8(bytes) else {
            return Err(Error::proto(format!("{}: this is not UTF-8", path.display()), None).into());
        };
        let text = without_mark(&text);
        match File::from_source(name, &repaired(text)) {
            Ok(file) => Ok(Found { file, text: Some(text.to_owned()), path: Some(path), encoded: None }),
            // A copy of a file that protox has may be newer than its parser. What the file is for has been the same all along.
            Err(error) => match self.brought_along(name) {
                Some(found) => Ok(Found { path: Some(path), ..found }),
                None if repair::has_edition(text) => Err(Unreadable::Edition),
                None => Err(Unreadable::Syntax(error)),
            },
        }
    }

    /// A file of protox.
    fn brought_along(&self, name: &str) -> Option<Found> {
        let file = self.google.open_file(name).ok()?;
        Some(Found { file, text: None, path: None, encoded: None })
    }

    /// What the files that come along define: for each its name, and the full names in it.
    pub(super) fn defined(&self) -> impl Iterator<Item = (String, HashSet<String>)> {
        let bundled = self.bundle.names().filter_map(|name| self.bundle.file(name));
        let bundled = bundled.filter_map(|encoded| File::decode_file_descriptor_proto(encoded).ok());
        let google = GOOGLE.iter().filter_map(|name| self.google.open_file(name).ok());
        bundled
            .chain(google)
            .map(|file| (file.name().to_owned(), names::defined(file.file_descriptor_proto())))
    }
}
