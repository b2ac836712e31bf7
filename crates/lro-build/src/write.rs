//! Writing without leaving anything half written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Writes each file under another name first and then renames all of them, so that a full disk leaves the old files whole.
/// Files whose content would not change are left alone, and with them the time stamps that other tools look at.
pub(crate) fn all(files: &[(PathBuf, &[u8])]) -> Result<(), Error> {
    let changed = files.iter().filter(|(path, content)| !fs::read(path).is_ok_and(|old| old == *content));
    let staged: Vec<(PathBuf, &PathBuf)> = changed
        .map(|(path, content)| match stage(path, content) {
            Ok(staged) => Ok((staged, path)),
            Err(error) => Err(Error::io("write", path, error)),
        })
        .collect::<Result<_, _>>()?;
    for (staged, path) in staged {
        fs::rename(&staged, path).map_err(|error| Error::io("write", path, error))?;
    }
    Ok(())
}

fn stage(path: &Path, content: &[u8]) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let staged = path.with_file_name(name);
    fs::write(&staged, content)?;
    Ok(staged)
}
