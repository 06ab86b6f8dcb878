use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::words;

/// Where source is kept, from the root of the repository.
const SOURCE: [&str; 5] = ["host", "tests", "plugins", "migrations", "examples"];

/// What tools write between the sources.
const BUILT: [&str; 3] = ["target", "node_modules", ".venv"];

/// What tools write and git keeps.
const GENERATED: [&str; 2] = [
    "plugins/sdk/src/bindings.rs",
    "plugins/sdk/src/subscriber_bindings.rs",
];

/// The source files that rules look at.
pub struct Tree {
    pub files: Vec<Source>,
}

/// One source file.
pub struct Source {
    /// From the root of the repository, with `/` between.
    pub path: String,
    pub text: String,
    /// The text with comments and the insides of strings blanked, each byte where it was.
    pub code: String,
}

/// One breach of one rule.
pub struct Fault {
    path: String,
    line: usize,
    what: String,
}

impl Tree {
    /// All Rust and SQL in the repository.
    pub fn all() -> Self {
        Self::below(&SOURCE, is_source)
    }

    /// All Markdown in the repository.
    pub fn documents() -> Self {
        Self::below(&["."], |path| has_extension(path, "md"))
    }

    fn below(places: &[&str], is_wanted: fn(&Path) -> bool) -> Self {
        let root = root();
        let mut paths = Vec::new();
        for place in places {
            collect(&root.join(place), is_wanted, &mut paths);
        }
        paths.sort();
        let files = paths.iter().map(|path| Source::read(&root, path));
        Self {
            files: files.collect(),
        }
    }

    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.with_ending(".rs")
    }

    pub fn sql(&self) -> impl Iterator<Item = &Source> {
        self.with_ending(".sql")
    }

    fn with_ending(&self, ending: &'static str) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(move |f| f.path.ends_with(ending))
    }
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let relative = path.strip_prefix(root).expect("the file is below the root");
        Self {
            path: relative.display().to_string(),
            code: words::blank_comments_and_strings(&text),
            text,
        }
    }

    /// The code, line by line, numbered from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(n, line)| (n + 1, line))
    }

    /// The line, from 1, that a byte is on.
    pub fn line_of(&self, byte: usize) -> usize {
        self.code[..byte].matches('\n').count() + 1
    }

    /// Whether the whole file is a test.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts.contains(&"tests") || self.path.ends_with("tests.rs")
    }

    /// The first line of the module of unit tests at the end of the file.
    pub fn first_test_line(&self) -> usize {
        let marked = self.lines().find(|(_, line)| line.trim() == "#[cfg(test)]");
        marked.map_or(usize::MAX, |(number, _)| number)
    }

    pub fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(place: &Path, is_wanted: fn(&Path) -> bool, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(place) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let skipped = entry.file_type().is_ok_and(|kind| kind.is_symlink())
            || BUILT.iter().any(|built| name == *built);
        if path.is_dir() && !skipped {
            collect(&path, is_wanted, paths);
        } else if !skipped && is_wanted(&path) {
            paths.push(path);
        }
    }
}

fn is_source(path: &Path) -> bool {
    let is_generated = GENERATED.iter().any(|generated| path.ends_with(generated));
    !is_generated && (has_extension(path, "rs") || has_extension(path, "sql"))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it == extension)
}
