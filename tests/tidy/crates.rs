//! The crates of the host use each other, and speak to large libraries, as ARCHITECTURE.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Libraries that only the crates which ARCHITECTURE.md names speak to.
const LARGE: [&str; 14] = [
    "async-nats",
    "axum",
    "async-graphql",
    "clap",
    "object_store",
    "oci-client",
    "opentelemetry-proto",
    "prometheus-client",
    "reqwest",
    "rmcp",
    "sqlx",
    "tonic",
    "wasmtime",
    "wit-component",
];

/// Types that become arguments of commands are given their names where they are defined.
const DERIVES_ARGUMENTS: [(&str, &str); 2] = [("api", "clap"), ("domain", "clap")];

/// What a crate uses of the workspace and of the large libraries.
type Uses = (BTreeSet<String>, BTreeSet<String>);

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// By the manifests.
pub fn declared() -> BTreeMap<String, Uses> {
    let folders = fs::read_dir(root().join("host")).expect("the folder of the host can be read");
    let mut crates = BTreeMap::new();
    for folder in folders {
        let folder = folder.expect("an entry can be read").path();
        // What is no crate is the documentation.
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.expect("names are UTF-8").to_owned();
        let uses = uses_of(&name, &manifest);
        crates.insert(name, uses);
    }
    crates
}

fn uses_of(name: &str, manifest: &str) -> Uses {
    let (mut own, mut large) = Uses::default();
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]");
    for line in lines.skip(1).take_while(|line| !line.starts_with('[')) {
        let dependency = line.split(['.', ' ']).next().unwrap_or_default();
        let stage = dependency.strip_prefix("tasker-").unwrap_or(dependency);
        if !stage.is_empty() && root().join("host").join(stage).is_dir() {
            own.insert(stage.to_owned());
        } else if LARGE.contains(&dependency) && !DERIVES_ARGUMENTS.contains(&(name, dependency)) {
            large.insert(dependency.to_owned());
        }
    }
    (own, large)
}

/// By the table in ARCHITECTURE.md.
pub fn drawn() -> BTreeMap<String, Uses> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("it is there");
    let table = text
        .lines()
        .skip_while(|line| !line.starts_with("| crate |"))
        .skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let list = |cell: &str| -> BTreeSet<String> {
            let names = cell.split(", ").filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        let name = cells[0].trim_matches('`').to_owned();
        (name, (list(cells[2]), list(cells[3])))
    };
    rows.map(row).collect()
}
