//! The storage of blobs: files that are named by their digests.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::digest;
use crate::pb::Digest;

/// A folder of blobs. All that it does blocks. Clones are the same folder.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: Arc<Path>,
}

impl Blobs {
    /// Opens a folder, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: folder.into() })
    }

    /// Whether a blob is here. The empty one always is.
    pub fn has(&self, digest: &Digest) -> bool {
        let size = u64::try_from(digest.size_bytes).ok();
        *digest == digest::of(b"")
            || fs::metadata(self.path(digest)).is_ok_and(|file| Some(file.len()) == size)
    }

    /// A blob; `None` if it is not here.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        if !self.has(digest) {
            return Ok(None);
        }
        match fs::read(self.path(digest)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(digest.size_bytes.eq(&0).then(Vec::new)),
            Err(error) => Err(error),
        }
    }

    /// Keeps a blob.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn add(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = digest::of(bytes);
        if !self.has(&digest) {
            write_whole(&self.path(&digest), bytes)?;
        }
        Ok(digest)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        debug_assert!(digest::is_valid(digest), "it would be a path of somebody's choice");
        self.folder.join(&digest.hash)
    }
}

/// Writes a file so that it is there with all its bytes, or not at all, whoever else writes it at the same time.
///
/// # Errors
///
/// It cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_there_when_it_was_added_with_the_size_that_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path().join("cas")).unwrap();
        let digest = digest::of(b"a blob");
        assert!(!blobs.has(&digest));
        assert_eq!(blobs.get(&digest).unwrap(), None);
        assert_eq!(blobs.add(b"a blob").unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap().as_deref(), Some(b"a blob".as_slice()));
        let of_another_size = Digest { size_bytes: 5, ..digest };
        assert!(!blobs.has(&of_another_size));
        assert_eq!(blobs.get(&of_another_size).unwrap(), None);
    }

    #[test]
    fn the_empty_blob_is_always_there() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path().join("cas")).unwrap();
        let empty = digest::of(b"");
        assert!(blobs.has(&empty));
        assert_eq!(blobs.get(&empty).unwrap(), Some(Vec::new()));
        assert_eq!(blobs.add(b"").unwrap(), empty);
    }
}
