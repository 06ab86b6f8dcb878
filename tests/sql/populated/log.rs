use serde_json::Value;
use std::path::{Path, PathBuf};

/// Tables that grow with tasks.
pub fn grows(table: &str) -> bool {
    ["task", "step", "audit", "superseded_attempt"].contains(&table)
        || table.starts_with("transition")
}

/// A statement that ran.
#[derive(Debug)]
pub struct Ran {
    /// In one line.
    pub text: String,
    /// Rows that it read of tables that grow, also those that a filter removed.
    pub rows: f64,
    /// Which part of its plan read how many of which table.
    pub nodes: Vec<String>,
}

/// The server's log, from some moment on.
pub struct Log {
    path: PathBuf,
    from: usize,
}

impl Log {
    pub fn from_now_on(folder: &Path) -> Self {
        let found = find(folder, "plans.json");
        let path = found.expect("the server keeps a log of what it ran");
        let from = std::fs::read(&path).unwrap().len();
        Self { path, from }
    }

    /// All that ran so far.
    pub fn read(&self) -> Vec<Ran> {
        let bytes = std::fs::read(&self.path).unwrap();
        let text = String::from_utf8_lossy(&bytes[self.from..]);
        let records = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        records
            .filter_map(|record| explained(record["message"].as_str()?))
            .collect()
    }
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()? {
            let path = entry.ok()?.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.ends_with(name) => return Some(path),
                false => {}
            }
        }
    }
    None
}

fn explained(message: &str) -> Option<Ran> {
    let (_, plan) = message.split_once("plan:\n")?;
    let plan: Value = serde_json::from_str(plan).ok()?;
    let mut ran = Ran {
        text: one_line(plan["Query Text"].as_str()?),
        rows: 0.0,
        nodes: Vec::new(),
    };
    add_node(&mut ran, &plan["Plan"]);
    Some(ran)
}

pub fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn add_node(ran: &mut Ran, node: &Value) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    if kind.ends_with("Scan") && grows(table) {
        let count = |name: &str| node[name].as_f64().unwrap_or(0.0);
        let removed = count("Rows Removed by Filter") + count("Rows Removed by Index Recheck");
        let rows = (count("Actual Rows") + removed) * count("Actual Loops");
        ran.rows += rows;
        let index = node["Index Name"].as_str().unwrap_or_default();
        ran.nodes.push(format!("  {kind} {table} {index}: {rows}"));
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        add_node(ran, below);
    }
}
