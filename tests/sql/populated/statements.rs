use super::log::{Ran, grows, one_line};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where statements are.
const CRATES: [&str; 3] = ["database/src", "engine/src", "registry/src/store"];

/// Statements of the host that name what grows, and are not among those that ran.
pub fn not_among(ran: &[Ran]) -> Vec<String> {
    // As `literals` has them.
    let quoted = ran.iter().map(|it| it.text.replace('"', "'"));
    let seen: BTreeSet<String> = quoted.collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host");
    let crates = CRATES.iter().flat_map(|name| files(&root.join(name)));
    let statements = crates.flat_map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        literals(&text)
            .into_iter()
            .map(move |literal| (name.clone(), literal))
    });
    let statements = statements.map(|(file, literal)| (file, one_line(&literal)));
    let missing = statements.filter(|(_, sql)| is_of_interest(sql) && !seen.contains(sql));
    missing
        .map(|(file, sql)| format!("{file}: not run in this test:\n{sql}"))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false => files.push(path),
        }
    }
    files
}

/// What stands between two quotes, without the lines of comments.
fn literals(source: &str) -> Vec<String> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code: Vec<&str> = source.lines().filter(is_code).collect();
    let code = code.join("\n").replace("\\\"", "'").replace("'\"'", "' '");
    code.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn is_of_interest(sql: &str) -> bool {
    let first = sql.split(' ').next().unwrap_or_default();
    if !["select", "insert", "update", "delete", "with"].contains(&first) {
        return false;
    }
    let mut parts = sql.split("tasker.").skip(1);
    parts.any(|after| {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let name = &after[..end.unwrap_or(after.len())];
        name == "ledger" || grows(name)
    })
}
