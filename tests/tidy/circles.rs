//! Modules import each other in one direction: no module reaches a sibling that reaches it.
//!
//! A module is looked at with all below it, as its parent sees it. What a parent declares itself is left
//! out: it belongs to all of its children. A name that a parent exports from a child counts as the child's.

use super::tree::{Fault, Source, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// A module by its names from the root of its crate.
type Module = Vec<String>;

/// The modules of one crate, each with the paths that it names.
struct Crate<'t> {
    sources: BTreeMap<Module, &'t Source>,
    paths: BTreeMap<Module, Vec<Vec<String>>>,
    exports: BTreeMap<Module, BTreeMap<String, Module>>,
}

pub fn circles(tree: &Tree) -> Vec<Fault> {
    let mut crates: BTreeMap<&str, BTreeMap<Module, &Source>> = BTreeMap::new();
    for source in tree.rust() {
        if let Some((name, module)) = module_of(&source.path) {
            crates.entry(name).or_default().insert(module, source);
        }
    }
    let crates = crates.into_values().map(Crate::of);
    crates.flat_map(|one| one.faults()).collect()
}

/// The crate and the module of a file, where it is source of the host.
fn module_of(path: &str) -> Option<(&str, Module)> {
    let (name, inside) = path.strip_prefix("host/")?.split_once("/src/")?;
    let mut module: Module = inside
        .strip_suffix(".rs")?
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(module.last()?.as_str(), "lib" | "main" | "mod") {
        module.pop();
    }
    Some((name, module))
}

impl<'t> Crate<'t> {
    fn of(sources: BTreeMap<Module, &'t Source>) -> Self {
        let mut found = Self {
            sources,
            paths: BTreeMap::new(),
            exports: BTreeMap::new(),
        };
        for (module, source) in &found.sources {
            let uses = uses_of(source);
            let exports = uses.iter().filter_map(|path| {
                let name = path.last()?.clone();
                let (target, _) = found.resolve(module, path)?;
                (target != *module).then_some((name, target))
            });
            found.exports.insert(module.clone(), exports.collect());
            let paths = uses.into_iter().chain(paths_of(source)).collect();
            found.paths.insert(module.clone(), paths);
        }
        found
    }

    /// The module that a path leads to, and what follows in the path.
    fn resolve<'p>(&self, from: &Module, path: &'p [String]) -> Option<(Module, &'p [String])> {
        let (mut module, mut rest) = match path.first()?.as_str() {
            "crate" => (Module::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => (from.clone(), path),
            child => {
                let child = [from.clone(), vec![child.to_owned()]].concat();
                self.sources.contains_key(&child).then_some(())?;
                (from.clone(), path)
            }
        };
        while rest.first().is_some_and(|name| name == "super") {
            module.pop()?;
            rest = &rest[1..];
        }
        while let Some(name) = rest.first() {
            let child = [module.clone(), vec![name.clone()]].concat();
            if !self.sources.contains_key(&child) {
                break;
            }
            (module, rest) = (child, &rest[1..]);
        }
        Some((module, rest))
    }

    /// The modules that a module names.
    fn named_by(&self, module: &Module) -> BTreeSet<Module> {
        let lead = |path: &Vec<String>| {
            let (target, rest) = self.resolve(module, path)?;
            let exported = self.exports[&target].get(rest.first()?);
            let is_own = target == *module;
            Some(exported.filter(|_| !is_own).cloned().unwrap_or(target))
        };
        let whole = |path: &Vec<String>| self.resolve(module, path).map(|(target, _)| target);
        let paths = self.paths[module].iter();
        paths
            .filter_map(|path| lead(path).or_else(|| whole(path)))
            .collect()
    }

    fn faults(&self) -> Vec<Fault> {
        let named = self
            .sources
            .keys()
            .map(|module| (module, self.named_by(module)));
        let named = named.collect();
        let parents: BTreeSet<&[String]> = self
            .sources
            .keys()
            .filter_map(|module| module.split_last())
            .map(|(_, parent)| parent)
            .collect();
        parents
            .into_iter()
            .flat_map(|parent| self.faults_below(parent, &named))
            .collect()
    }

    fn faults_below(
        &self,
        parent: &[String],
        named: &BTreeMap<&Module, BTreeSet<Module>>,
    ) -> Vec<Fault> {
        let depth = parent.len();
        let child = |module: &Module| {
            let is_below = module.len() > depth && module.starts_with(parent);
            is_below.then(|| module[depth].clone())
        };
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, named) in named {
            let Some(from) = child(module) else { continue };
            let to = named.iter().filter_map(child).filter(|to| *to != from);
            edges.entry(from.clone()).or_default().extend(to);
        }
        let in_circle = |name: &String| reached(&edges, name).contains(name);
        let circle: Vec<&String> = edges.keys().filter(|name| in_circle(name)).collect();
        let Some(first) = circle.first() else {
            return Vec::new();
        };
        let module = [parent, &[(*first).clone()]].concat();
        let what = format!(
            "these modules import each other in a circle: {circle:?}; move what two of them need to a third"
        );
        let source = self.sources.get(&module);
        source
            .map(|source| source.fault(1, what))
            .into_iter()
            .collect()
    }
}

/// All that is reached from a name by one edge or more.
fn reached(edges: &BTreeMap<String, BTreeSet<String>>, from: &String) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(name) = open.pop() {
        for next in edges.get(name).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    found
}

/// The code of a source before its tests, each declaration of a use apart from the rest.
fn parts(source: &Source) -> (Vec<String>, String) {
    let before_tests = source
        .lines()
        .take_while(|(line, _)| *line < source.first_test_line());
    let code: String = before_tests.map(|(_, code)| format!("{code}\n")).collect();
    let (mut uses, mut rest) = (Vec::new(), String::new());
    let mut left = code.as_str();
    while let Some(at) = left.find("use ") {
        let is_word = !left[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let Some(end) = left[at..].find(';').filter(|_| is_word) else {
            rest.push_str(&left[..at + 4]);
            left = &left[at + 4..];
            continue;
        };
        rest.push_str(&left[..at]);
        uses.push(left[at + 4..at + end].to_owned());
        left = &left[at + end..];
    }
    rest.push_str(left);
    (uses, rest)
}

fn uses_of(source: &Source) -> Vec<Vec<String>> {
    let (uses, _) = parts(source);
    uses.iter().flat_map(|tree| expanded(tree, &[])).collect()
}

/// `a::{b, c::d as e}` as `a::b` and `a::c::d`.
fn expanded(tree: &str, before: &[String]) -> Vec<Vec<String>> {
    let names = |text: &str| -> Vec<String> {
        let text = text.split(" as ").next().unwrap_or_default();
        let names = text
            .split("::")
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let Some((head, list)) = tree.split_once('{') else {
        return vec![[before.to_vec(), names(tree)].concat()];
    };
    let head = [before.to_vec(), names(head)].concat();
    let list = list.trim_end().trim_end_matches('}');
    let (mut depth, mut starts, mut items) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[starts..at]);
                starts = at + 1;
            }
            _ => {}
        }
    }
    items.push(&list[starts..]);
    let items = items.into_iter().filter(|item| !item.trim().is_empty());
    items.flat_map(|item| expanded(item, &head)).collect()
}

/// Paths in the code itself, such as `super::output::tell`.
fn paths_of(source: &Source) -> Vec<Vec<String>> {
    let (_, rest) = parts(source);
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = rest.split(|c: char| !is_path(c));
    let paths = words.filter(|word| word.contains("::"));
    paths
        .map(|path| {
            path.split("::")
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

#[test]
fn a_tree_of_uses_is_taken_apart() {
    let found = expanded("super::a::{self, b::{C, D as E}, F}", &[]);
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    let expected = [
        "super::a::self",
        "super::a::b::C",
        "super::a::b::D",
        "super::a::F",
    ];
    assert_eq!(found, expected);
}
