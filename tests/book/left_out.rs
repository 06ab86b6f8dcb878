//! What of the chapters is not executed, and what is not compared: `left-out.txt`.
//!
//! An entry is one line: `PATH :: $ COMMAND :: REASON`, or `PATH :: > LINE :: REASON` for a line that a command prints.
//! COMMAND and LINE may end in `…`, which stands for the rest.

use super::places;

/// What separates the parts of an entry.
const BETWEEN: &str = " :: ";

struct Entry {
    path: String,
    what: String,
    is_used: bool,
}

/// The entries of one chapter.
pub struct LeftOut {
    entries: Vec<Entry>,
}

fn entries() -> Vec<Entry> {
    let text = std::fs::read_to_string(places::own_file("left-out.txt")).unwrap();
    let lines = text.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |line: &str| match line.split(BETWEEN).collect::<Vec<_>>()[..] {
        [path, what, reason] if !reason.is_empty() => Entry {
            path: path.to_owned(),
            what: what.to_owned(),
            is_used: false,
        },
        _ => panic!("no `PATH :: WHAT :: REASON`: {line}"),
    };
    lines.map(entry).collect()
}

impl LeftOut {
    pub fn of(path: &str) -> Self {
        let mut entries = entries();
        entries.retain(|entry| entry.path == path);
        Self { entries }
    }

    /// The paths of all entries.
    pub fn paths() -> Vec<String> {
        entries().into_iter().map(|entry| entry.path).collect()
    }

    /// True if this command is not to be executed.
    pub fn has_command(&mut self, command: &str) -> bool {
        self.has("$ ", command)
    }

    /// True if this line is not to be compared.
    pub fn has_line(&mut self, line: &str) -> bool {
        self.has("> ", line)
    }

    fn has(&mut self, kind: &str, text: &str) -> bool {
        let mut found = false;
        for entry in &mut self.entries {
            let Some(what) = entry.what.strip_prefix(kind) else {
                continue;
            };
            let is_it = match what.strip_suffix('…') {
                Some(start) => text.starts_with(start),
                None => text == what,
            };
            entry.is_used |= is_it;
            found |= is_it;
        }
        found
    }

    /// What stands in the list and no more in the chapter.
    pub fn unused(&self) -> impl Iterator<Item = String> {
        let unused = self.entries.iter().filter(|entry| !entry.is_used);
        unused.map(|entry| format!("left-out.txt has what is not there: {}", entry.what))
    }
}
