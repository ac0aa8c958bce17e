//! Files that people have attached: below `private/`, each under a name at random and never changed.

use std::fs;
use std::path::{Path, PathBuf};

use super::Fault;

/// The folder, in a data directory and in an archive.
pub(super) const PRIVATE: &str = "private";
/// Below it, what is only just being received.
const ARRIVING: &str = "private/arriving";
/// How many folders deep a file may be.
const DEEPEST: usize = 4;

/// Whether a name in an archive is that of a private file. It is the only name from outside that becomes a path.
pub(super) fn is_private(name: &str) -> bool {
    let mut parts = name.split('/');
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let rest: Vec<&str> = parts.by_ref().skip(1).collect();
    name.starts_with("private/") && rest.len() <= DEEPEST && rest.iter().all(|part| plain(part))
}

/// Every file below `folder`, with its name in an archive, in the order of the names. What is no plain file, or has no name of
/// ours, or is only just being received, is passed over.
fn below(folder: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut found = Vec::new();
    let mut open = vec![(PRIVATE.to_owned(), folder.to_owned())];
    while let Some((prefix, folder)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Fault::io(format!("reading {}", folder.display()))(error)),
        };
        for entry in entries.flatten() {
            let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && is_private(&name) && name != ARRIVING {
                open.push((name, entry.path()));
            } else if kind.is_file() && is_private(&name) {
                found.push((name, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// How many bytes the private files of `directory` have.
pub(super) fn bytes(directory: &Path) -> u64 {
    let files = below(&directory.join(PRIVATE)).unwrap_or_default();
    files
        .iter()
        .filter_map(|(_, path)| fs::metadata(path).ok())
        .map(|file| file.len())
        .sum()
}

/// Gives every private file of `directory` a second name below `held`, so that none goes while the archive is made.
pub(super) fn hold(directory: &Path, held: &Path) -> Result<(), Fault> {
    for (name, path) in below(&directory.join(PRIVATE))? {
        let to = held.join(&name);
        if to.exists() {
            continue;
        }
        let told = || format!("holding {name}");
        to.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .map_err(Fault::io(told()))?;
        // Not every file system gives a file two names.
        let done = fs::hard_link(&path, &to).or_else(|_| fs::copy(&path, &to).map(drop));
        match done {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::io(told())(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The files that are held.
pub(super) fn files(held: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    below(&held.join(PRIVATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_below_the_folder_become_paths() {
        for name in ["private/a", "private/0f/1e-2_d.bin", "private/a/b/c/d"] {
            assert!(is_private(name), "{name}");
        }
        for name in [
            "private",
            "private/",
            "private//a",
            "private/../secret.key",
            "private/.part",
            "private/a/./b",
            "/private/a",
            "privates/a",
            "private/a b",
            "private/a/b/c/d/e",
            "private/\u{e9}",
        ] {
            assert!(!is_private(name), "{name}");
        }
    }
}
