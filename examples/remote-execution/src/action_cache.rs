//! What actions resulted in: files that are named by the actions' digests.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::Message as _;

use crate::cas::write_whole;
use crate::pb::{ActionResult, Digest};

/// A folder of results. All that it does blocks. Clones are the same folder.
#[derive(Debug, Clone)]
pub struct ActionCache {
    folder: Arc<Path>,
}

impl ActionCache {
    /// Opens a folder, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: folder.into() })
    }

    /// The result of an action; `None` if there is none, or none that this version can read.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn get(&self, action: &Digest) -> io::Result<Option<ActionResult>> {
        match fs::read(self.path(action)) {
            Ok(bytes) => Ok(ActionResult::decode(&*bytes).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps the result of an action, in place of one that there was.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn put(&self, action: &Digest, result: &ActionResult) -> io::Result<()> {
        write_whole(&self.path(action), &result.encode_to_vec())
    }

    fn path(&self, action: &Digest) -> PathBuf {
        self.folder.join(format!("{}-{}", action.hash, action.size_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;

    #[test]
    fn the_last_result_of_an_action_is_the_one_that_counts() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ActionCache::open(folder.path().join("ac")).unwrap();
        let action = digest::of(b"an action");
        assert_eq!(cache.get(&action).unwrap(), None);
        for exit_code in [1, 2] {
            let result = ActionResult { exit_code, ..ActionResult::default() };
            cache.put(&action, &result).unwrap();
            assert_eq!(cache.get(&action).unwrap(), Some(result));
        }
    }
}
