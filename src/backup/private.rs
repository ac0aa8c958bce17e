//! Files beside the database: what people have attached, below `private/`, each under a name at random and never changed; and
//! what encrypts connections, below `tls/`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Fault;

/// The folder of what people have attached, in a data directory and in an archive.
pub(super) const PRIVATE: &str = "private";
/// The folder of the authority of our own, and of certificates and the account with another's.
pub(super) const TLS: &str = "tls";
/// Below it, what is only just being received.
const ARRIVING: &str = "private/arriving";
/// How many folders deep a file may be.
const DEEPEST: usize = 4;

/// Whether a name in an archive is that of a file in one of the folders. It is the only name from outside that becomes a path.
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
    let folder = name.split('/').next();
    let known = folder.is_some_and(|folder| [PRIVATE, TLS].contains(&folder));
    known && !rest.is_empty() && rest.len() <= DEEPEST && rest.iter().all(|part| plain(part))
}

/// Every file in the folders below `directory`, with its name in an archive, in the order of the names. What is no plain file, or has no name of
/// ours, or is only just being received, is passed over.
fn below(directory: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut found = Vec::new();
    let mut open: Vec<(String, PathBuf)> = [PRIVATE, TLS]
        .into_iter()
        .map(|folder| (folder.to_owned(), directory.join(folder)))
        .collect();
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
    let files = below(directory).unwrap_or_default();
    files
        .iter()
        .filter_map(|(_, path)| fs::metadata(path).ok())
        .map(|file| file.len())
        .sum()
}

/// Gives every private file of `directory` a second name below `held`, so that none goes while the archive is made.
pub(super) fn hold(directory: &Path, held: &Path) -> Result<(), Fault> {
    for (name, path) in below(directory)? {
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
    below(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_below_the_folder_become_paths() {
        for name in [
            "private/a",
            "private/0f/1e-2_d.bin",
            "private/a/b/c/d",
            "tls/ca.pem",
            "tls/acme.example.org_14000/account.json",
        ] {
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
            "tls",
            "tls/../secret.key",
            "private/a b",
            "private/a/b/c/d/e",
            "private/\u{e9}",
        ] {
            assert!(!is_private(name), "{name}");
        }
    }
}
