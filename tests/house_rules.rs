//! Holds the house in shape: reads the sources and fails, with file and line, on an import that goes the wrong
//! way, on SQL, I/O or markup in the wrong room, and on what no project file may contain.

#[cfg(test)]
#[path = "house_rules/source.rs"]
mod source;

#[cfg(test)]
#[path = "house_rules/rules.rs"]
mod rules;

#[cfg(test)]
#[path = "house_rules/checker.rs"]
mod checker;

#[cfg(test)]
mod house {
    use std::{path::Path, process::Command};

    use super::rules::{faults, machine_paths};

    /// The project's text files with their contents: what git keeps, and what it would keep if asked.
    fn project_files() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let listing = Command::new("git")
            // A checkout may belong to somebody else than who runs the tests.
            .args([
                "-c",
                "safe.directory=*",
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()
            .expect("git is there to say which files belong to the project");
        assert!(
            listing.status.success(),
            "git: {}",
            String::from_utf8_lossy(&listing.stderr)
        );
        let names = String::from_utf8(listing.stdout).expect("file names are UTF-8");
        names
            .split_terminator('\0')
            // A file that is deleted but still in the index has no contents; a picture has no text.
            .filter_map(|name| Some((name.to_owned(), std::fs::read_to_string(root.join(name)).ok()?)))
            .collect()
    }

    fn is_rust(file: &str) -> bool {
        Path::new(file)
            .extension()
            .is_some_and(|extension| extension == "rs")
    }

    #[test]
    fn every_source_file_keeps_the_house_rules() {
        let files = project_files();
        let sources: Vec<_> = files.iter().filter(|(name, _)| is_rust(name)).collect();
        assert!(
            sources.iter().any(|(name, _)| name == "src/lib.rs"),
            "the sources were not found"
        );
        let found: Vec<_> = sources
            .iter()
            .flat_map(|(name, text)| faults(name, text))
            .collect();
        assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    }

    #[test]
    fn no_file_names_a_path_of_one_machine() {
        let files = project_files();
        let found: Vec<_> = files
            .iter()
            .flat_map(|(name, text)| machine_paths(name, text))
            .collect();
        assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    }
}
