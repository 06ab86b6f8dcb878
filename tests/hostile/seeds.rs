//! What fuzzing once started from or stumbled on, held against the same checks in every run.

use arbitrary::{Arbitrary as _, Unstructured};
use std::fs;
use std::path::Path;

#[path = "../fuzz/checks/component.rs"]
mod component;
#[path = "../fuzz/checks/requirement.rs"]
mod requirement;
#[path = "../fuzz/checks/schema.rs"]
mod schema;
#[path = "../fuzz/checks/template.rs"]
mod template;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let files = fs::read_dir(folder.join(target)).unwrap();
    let seeds: Vec<_> = files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(!seeds.is_empty());
    seeds
}

#[test]
fn templates_hold() {
    for seed in seeds("template") {
        template::check(&String::from_utf8_lossy(&seed));
    }
}

#[test]
fn requirements_hold() {
    for seed in seeds("requirement") {
        requirement::check(&String::from_utf8_lossy(&seed));
    }
}

#[test]
fn components_hold() {
    for seed in seeds("component") {
        component::check(&seed);
    }
}

#[test]
fn schemas_hold() {
    for seed in seeds("schema") {
        if let Ok(pair) = schema::Pair::arbitrary_take_rest(Unstructured::new(&seed)) {
            schema::check(pair);
        }
    }
}
