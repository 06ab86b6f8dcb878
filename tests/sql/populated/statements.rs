use super::log::{Ran, grows, one_line};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where statements are.
const CRATES: [&str; 3] = ["database/src", "engine/src", "registry/src/store"];

/// Statements of the host that name what grows, and are not among those that ran.
pub fn not_among(ran: &[Ran]) -> Vec<String> {
    // As `statements` has them.
    let quoted = ran.iter().map(|it| it.text.replace('"', "'"));
    let seen: BTreeSet<String> = quoted.collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host");
    let crates = CRATES.iter().flat_map(|name| files(&root.join(name)));
    let statements = crates.flat_map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        statements(&text)
            .into_iter()
            .map(move |statement| (name.clone(), statement))
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

/// What stands between two quotes, without the lines of comments; of the pieces of a list, the statements of both
/// directions.
fn statements(source: &str) -> Vec<String> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code: Vec<&str> = source.lines().filter(is_code).collect();
    let code = code.join("\n").replace("\\\"", "'").replace("'\"'", "' '");
    let mut statements: Vec<[String; 2]> = Vec::new();
    let mut goes_on = false;
    for (place, part) in code.split('"').enumerate() {
        let is_literal = place % 2 == 1;
        let pieces = match (is_literal, part.split_whitespace().next()) {
            (true, _) => [part, part],
            (false, Some(">")) => [">", "<"],
            (false, Some(">=")) => [">=", "<="],
            (false, Some("<=")) => ["<=", ">="],
            (false, Some("asc")) => ["asc", "desc"],
            (false, _) => {
                goes_on = false;
                continue;
            }
        };
        match statements.last_mut().filter(|_| goes_on) {
            Some(last) => last
                .iter_mut()
                .zip(pieces)
                .for_each(|(text, piece)| *text += piece),
            None => statements.push(pieces.map(str::to_owned)),
        }
        // Behind the last piece of a list there is more than a word.
        goes_on = is_literal || part.split_whitespace().count() == 1;
    }
    let both = statements
        .into_iter()
        .flat_map(|[up, down]| match up == down {
            true => vec![up],
            false => vec![up, down],
        });
    both.collect()
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
