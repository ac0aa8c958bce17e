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

    /// The names of classes that a style sheet paints wherever they stand.
    fn bare_classes(text: &str) -> std::collections::BTreeSet<String> {
        let without_comments: String = text
            .split("/*")
            .enumerate()
            .map(|(index, part)| match (index, part.split_once("*/")) {
                (0, _) => part,
                (_, Some((_, rest))) => rest,
                (_, None) => "",
            })
            .collect();
        without_comments
            .split(['{', '}'])
            .flat_map(|selectors| selectors.split(','))
            .map(str::trim)
            .filter_map(|selector| selector.strip_prefix('.'))
            .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .map(str::to_owned)
            .collect()
    }

    /// Two features that paint one class find out on each other's pages.
    #[test]
    fn a_class_is_painted_in_one_style_sheet_besides_what_all_share() {
        const SHARED: [&str; 6] = [
            "layout.css",
            "parts.css",
            "forms.css",
            "data.css",
            "phone.css",
            "print.css",
        ];
        let mut owners: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
        let mut faults = vec![];
        for (file, text) in project_files() {
            let Some(name) = file
                .strip_prefix("assets/css/")
                .filter(|name| !SHARED.contains(name))
            else {
                continue;
            };
            for class in bare_classes(&text) {
                if let Some(other) = owners.insert(class.clone(), name.to_owned()) {
                    faults.push(format!("{name}: .{class} is painted in {other} too"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(
            bare_classes(".a { x: y } /* .b { } */ .c .d, .e:hover { } .f, .g {} @media { .h { } }")
                .into_iter()
                .collect::<Vec<_>>(),
            ["a", "f", "g", "h"]
        );
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
