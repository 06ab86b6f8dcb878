use super::tree::{Fault, Source, Tree};

/// What each module of the host may import beside itself.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("sandbox", &["domain"]),
    ("registry", &["domain", "store", "sandbox"]),
    ("tasks", &["domain", "store", "sandbox", "registry"]),
    ("worker", &["domain", "store", "sandbox"]),
    ("events", &["domain", "store"]),
    (
        "api",
        &["domain", "store", "sandbox", "registry", "tasks", "events"],
    ),
    (
        "cli",
        &[
            "api", "domain", "events", "registry", "sandbox", "store", "tasks", "worker",
        ],
    ),
];

/// The crates that only one module speaks to.
const SPOKEN_TO_IN: [(&str, &str); 6] = [
    ("sqlx", "store"),
    ("wasmtime", "sandbox"),
    ("wasmtime_wasi", "sandbox"),
    ("wasmtime_wasi_http", "sandbox"),
    ("axum", "api"),
    ("async_graphql", "api"),
];

/// States are told to the database by name, which sqlx derives where they are defined.
const DERIVES_SQL_TYPES: &str = "host/src/domain/state.rs";

pub fn directions(tree: &Tree) -> Vec<Fault> {
    tree.rust().flat_map(directions_of).collect()
}

fn directions_of(source: &Source) -> Vec<Fault> {
    let Some((module, allowed)) = allowed_in(source) else {
        return Vec::new();
    };
    let imported = source.lines().flat_map(|(number, line)| {
        let after = line.split("crate::").skip(1);
        after.map(move |rest| (number, leading_word(rest)))
    });
    imported
        .filter(|(_, target)| MAY_IMPORT.iter().any(|(known, _)| known == target))
        .filter(|(_, target)| *target != module && !allowed.contains(target))
        .map(|(line, target)| {
            let what = format!(
                "{module} must not import {target}: move what both need to a module before them, \
                 or hand it over as a value"
            );
            source.fault(line, what)
        })
        .collect()
}

pub fn dependencies(tree: &Tree) -> Vec<Fault> {
    tree.rust()
        .filter(|source| source.path != DERIVES_SQL_TYPES)
        .flat_map(dependencies_of)
        .collect()
}

fn dependencies_of(source: &Source) -> Vec<Fault> {
    let module = module_of(source);
    let mut faults = Vec::new();
    for (line, code) in source.lines() {
        for (dependency, home) in SPOKEN_TO_IN {
            if module != home && speaks_to(code, dependency) {
                let what = format!(
                    "only {home}/ speaks to {dependency}: give {home} a function for this and \
                     call that"
                );
                faults.push(source.fault(line, what));
            }
        }
    }
    faults
}

fn speaks_to(code: &str, dependency: &str) -> bool {
    let path = format!("{dependency}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

fn allowed_in(source: &Source) -> Option<(&'static str, &'static [&'static str])> {
    let module = module_of(source);
    MAY_IMPORT.into_iter().find(|(known, _)| *known == module)
}

fn module_of(source: &Source) -> &str {
    let inside = source.path.trim_start_matches("host/src/");
    leading_word(inside)
}

fn leading_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}
