//! Writing without leaving anything half written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// Writes each file under another name first and then renames all of them, so that a full disk, or a place where no file can be, leaves
/// the old files whole.
/// Files whose content would not change are left alone, and with them the time stamps that other tools look at.
pub(crate) fn all(files: &[(PathBuf, &[u8])]) -> Result<(), Error> {
    let changed = files.iter().filter(|(path, content)| !fs::read(path).is_ok_and(|old| old == *content));
    let staged: Vec<Staged> = changed
        .map(|(path, content)| Staged::write(path, content).map_err(|error| Error::io("write", path, error)))
        .collect::<Result<_, _>>()?;
    for file in &staged {
        fs::rename(&file.staged, file.path).map_err(|error| Error::io("write", file.path, error))?;
    }
    Ok(())
}

/// How many files this process has staged.
static STAGED: AtomicUsize = AtomicUsize::new(0);

/// A file under its temporary name, which is gone when this is dropped, renamed or not.
struct Staged<'a> {
    staged: PathBuf,
    path: &'a Path,
}

impl<'a> Staged<'a> {
    fn write(path: &'a Path, content: &[u8]) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // A name that nobody else has: an editor may run the same build script as cargo, at the same time.
        let number = STAGED.fetch_add(1, Ordering::Relaxed);
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}-{number}.new", process::id()));
        let file = Self { staged: path.with_file_name(name), path };
        fs::write(&file.staged, content)?;
        Ok(file)
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and after another failure that one is what the user hears about.
        let _ = fs::remove_file(&self.staged);
    }
}
