//! What can keep protos from being compiled.

use std::fmt;
use std::path::{Path, PathBuf};

use lro_codegen::Diagnostics;

use crate::render::Sources;

/// Why nothing was generated.
///
/// Its `Debug` form is its `Display` form: that is what cargo shows when a build script's `main` returns it.
pub struct Error {
    kind: Box<Kind>,
}

/// An error of another crate.
type Cause = Box<dyn std::error::Error + Send + Sync>;

enum Kind {
    /// How a problem of a proto is shown, and what protox or prost-reflect said.
    Proto {
        shown: String,
        cause: Option<Cause>,
    },
    /// Bytes that are no `FileDescriptorSet`.
    DescriptorSet(prost::DecodeError),
    /// The problems, and how they are shown.
    Codegen {
        diagnostics: Diagnostics,
        shown: String,
    },
    Io {
        what: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    NoOutDir,
    Bundle(String),
}

impl Error {
    pub(crate) fn proto(shown: String, cause: Option<Cause>) -> Self {
        Kind::Proto { shown, cause }.into()
    }

    pub(crate) fn descriptor_set(error: prost::DecodeError) -> Self {
        Kind::DescriptorSet(error).into()
    }

    pub(crate) fn codegen(diagnostics: Diagnostics, sources: &Sources) -> Self {
        let shown: Vec<String> = diagnostics.iter().map(|diagnostic| sources.render(diagnostic)).collect();
        Kind::Codegen { diagnostics, shown: shown.join("\n") }.into()
    }

    pub(crate) fn io(what: &'static str, path: &Path, error: std::io::Error) -> Self {
        Kind::Io { what, path: path.to_owned(), error }.into()
    }

    pub(crate) fn no_out_dir() -> Self {
        Kind::NoOutDir.into()
    }

    pub(crate) fn bundle(error: &dyn std::error::Error) -> Self {
        Kind::Bundle(error.to_string()).into()
    }

    /// Whether a proto is missing or is not valid protobuf, or a descriptor set cannot be decoded.
    pub fn is_proto(&self) -> bool {
        matches!(*self.kind, Kind::Proto { .. } | Kind::DescriptorSet(_))
    }

    /// Whether the protos are valid, but code cannot be generated from them with these options: an annotation that cannot be resolved,
    /// names that collide, an option of the wrong form. See [`Error::diagnostics`].
    pub fn is_codegen(&self) -> bool {
        matches!(*self.kind, Kind::Codegen { .. })
    }

    /// Whether reading or writing failed.
    pub fn is_io(&self) -> bool {
        matches!(*self.kind, Kind::Io { .. } | Kind::NoOutDir)
    }

    /// Each problem that keeps code from being generated, one by one.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match &*self.kind {
            Kind::Codegen { diagnostics, .. } => Some(diagnostics),
            _ => None,
        }
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::DescriptorSet(error) => write!(
                f,
                "this is no FileDescriptorSet: {error}\n  help: pass what `protoc --include_imports --descriptor_set_out=FILE` or \
                 `buf build --as-file-descriptor-set -o FILE` wrote"
            ),
            Kind::Proto { shown, .. } | Kind::Codegen { shown, .. } => f.write_str(shown),
            Kind::Io { what, path, error } => write!(f, "cannot {what} {}: {error}", path.display()),
            Kind::NoOutDir => f.write_str(
                "there is no OUT_DIR, which cargo sets for build scripts; elsewhere, choose a folder with `out_dir`",
            ),
            Kind::Bundle(error) => write!(f, "the protos that lro-build brings along are damaged: {error}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            Kind::Io { error, .. } => Some(error),
            Kind::DescriptorSet(error) => Some(error),
            Kind::Proto { cause: Some(cause), .. } => Some(&**cause),
            _ => None,
        }
    }
}
