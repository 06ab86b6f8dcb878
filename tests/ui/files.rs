//! The sources of the interface: whole, in order, and without what makes text markup.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 400;
/// What makes markup or code of a text.
const UNSAFE: [&str; 8] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "dangerouslySetInnerHTML",
    "document.write",
    "eval(",
    "new Function",
    "srcdoc",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/ui")
}

/// What we wrote: each file with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![folder().join("web")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => sources.push((path.clone(), fs::read_to_string(&path).unwrap())),
            }
        }
    }
    assert!(sources.len() > 40);
    sources
}

fn modules() -> Vec<(PathBuf, String)> {
    let is_module = |(path, _): &(PathBuf, String)| path.extension().is_some_and(|it| it == "js");
    sources().into_iter().filter(is_module).collect()
}

#[test]
fn libraries_are_as_they_were_fetched() {
    let vendor = folder().join("vendor");
    let list = fs::read_to_string(vendor.join("SHA256SUMS")).unwrap();
    let mut listed = BTreeSet::new();
    for line in list.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let bytes = fs::read(vendor.join(name)).unwrap();
        assert_eq!(HEXLOWER.encode(&Sha256::digest(bytes)), digest, "{name}");
        listed.insert(name.to_owned());
    }
    let own = ["SHA256SUMS", "update.sh"].map(str::to_owned);
    let present = fs::read_dir(vendor).unwrap();
    let present = present.map(|it| it.unwrap().file_name().into_string().unwrap());
    let unlisted: Vec<_> = present
        .filter(|name| !listed.contains(name) && !own.contains(name))
        .collect();
    assert_eq!(unlisted, Vec::<String>::new());
}

#[test]
fn a_file_has_a_bounded_length() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{}: {lines} lines", path.display());
    }
}

#[test]
fn nothing_makes_markup_or_code_of_a_text() {
    for (path, text) in sources() {
        for word in UNSAFE {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        let is_inline = text.contains("<style") || text.contains(" onclick=");
        assert!(!is_inline, "{}: the policy refuses this", path.display());
    }
}

#[test]
fn what_is_imported_exists_and_what_is_exported_is_imported() {
    let (mut imported, mut exported) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in modules() {
        for (names, target) in imports(&text) {
            let target = path.parent().unwrap().join(target).canonicalize();
            let target = target.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            imported.extend(names.into_iter().map(|name| (target.clone(), name)));
        }
        let path = path.canonicalize().unwrap();
        exported.extend(exports(&text).into_iter().map(|name| (path.clone(), name)));
    }
    let vendor = folder().join("vendor").canonicalize().unwrap();
    let missing: Vec<_> = imported
        .iter()
        .filter(|(path, _)| !path.starts_with(&vendor))
        .filter(|it| !exported.contains(*it))
        .collect();
    assert!(missing.is_empty(), "imported and not there: {missing:?}");
    let unused: Vec<_> = exported.difference(&imported).collect();
    assert!(unused.is_empty(), "exported for nobody: {unused:?}");
}

#[test]
fn the_host_serves_the_pages_that_there_are() {
    let routes = fs::read_to_string(folder().join("web/routes.js")).unwrap();
    let paths = routes.lines().filter_map(|line| {
        let path = line.trim().strip_prefix("['/")?.split('\'').next()?;
        path.split('/').next()
    });
    let sections: BTreeSet<&str> = paths.filter(|section| !section.is_empty()).collect();
    assert_eq!(sections, BTreeSet::from(tasker_ui::SECTIONS));
}

/// The names and the target of each import; `default` for a page, which is imported when it is shown.
fn imports(text: &str) -> Vec<(Vec<String>, String)> {
    let quoted = |text: &str| text.split('\'').nth(1).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for part in text.split("\nimport ").skip(1) {
        let (names, rest) = part.split_once(" from ").unwrap();
        let names = match names.strip_prefix('{') {
            Some(names) => listed(names.trim_end_matches('}')),
            None => vec!["default".to_owned()],
        };
        found.push((names, quoted(rest)));
    }
    for part in text.split("=> import('").skip(1) {
        let target = part.split('\'').next().unwrap_or_default();
        found.push((vec!["default".to_owned()], target.to_owned()));
    }
    for part in text.split("\nexport {").skip(1) {
        let Some((names, rest)) = part.split_once('}') else {
            continue;
        };
        if let Some(rest) = rest.strip_prefix(" from ") {
            found.push((listed(names), quoted(rest)));
        }
    }
    found
}

fn exports(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split("\nexport ").skip(1) {
        if part.starts_with("default ") {
            names.push("default".to_owned());
        } else if let Some(list) = part.strip_prefix('{') {
            names.extend(listed(list.split('}').next().unwrap_or_default()));
        } else {
            let keywords = ["async", "function", "function*", "const", "class"];
            let word = |c: char| c.is_alphanumeric() || "_$*".contains(c);
            let mut words = part.split(|c| !word(c)).filter(|it| !it.is_empty());
            names.extend(words.find(|it| !keywords.contains(it)).map(str::to_owned));
        }
    }
    names
}

fn listed(names: &str) -> Vec<String> {
    let names = names.split(',').map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}
