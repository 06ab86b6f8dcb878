//! The JSON Schema of templates, and the templates that there are.

use super::{hold, root};
use jsonschema::Validator;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tasker_domain::template::{Template, read_document, template_schema};

fn validator() -> Validator {
    jsonschema::draft202012::new(&template_schema()).unwrap()
}

/// The YAML as JSON, whatever it says.
fn document(text: &str) -> Option<Value> {
    read_document(text).ok()
}

#[test]
fn the_schema_of_templates_is_published_and_is_a_schema() {
    let schema = template_schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    hold("template.schema.json", &format!("{schema:#}\n"));
}

#[test]
fn templates_of_examples_tests_and_new_crates_are_as_the_schema_says() {
    let validator = validator();
    let mut found = Vec::new();
    for folder in [
        "examples",
        "tests/fuzz/seeds/template",
        "host/cli/src/scaffold",
        "plugins/handlers",
    ] {
        collect(&root().join(folder), &mut found);
    }
    let (mut right, mut wrong) = (0, 0);
    for path in found {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let text = text
            .replace("{{name}}", "greet")
            .replace("{{namespace}}", "demo")
            .replace("{{template}}", "quote")
            .replace("{{requirement}}", "^0.1");
        let Some(document) = document(&text) else {
            continue;
        };
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|it| it.to_string())
            .collect();
        if Template::parse(&text).is_ok() {
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
            right += 1;
        } else {
            wrong += usize::from(!errors.is_empty());
        }
    }
    assert!(right >= 6, "only {right} templates were found");
    assert!(wrong > 0, "no broken template was found");
}

/// Mistakes that an editor is to show.
#[test]
fn broken_templates_are_not_as_the_schema_says() {
    let validator = validator();
    let whole = "namespace: a\nname: b\nversion: 1.0.0\nsteps:\n  - {name: x, handler: c/h}\n";
    assert!(validator.is_valid(&document(whole).unwrap()));
    for (part, instead) in [
        ("version: 1.0.0\n", ""),
        ("version: 1.0.0", "version: 1.0"),
        ("steps:", "step:"),
        ("handler: c/h", "handler: h"),
        ("handler: c/h", "handler: c/h, tiemout: 10s"),
        ("handler: c/h", "handler: c/h, timeout: 10"),
        ("handler: c/h", "handler: c/h, retry: {max_attempts: 0}"),
        ("handler: c/h", "handler: c/h, limits: {memory: 1MB}"),
        ("name: x, ", ""),
    ] {
        let broken = whole.replace(part, instead);
        assert!(Template::parse(&broken).is_err(), "{broken}");
        assert!(!validator.is_valid(&document(&broken).unwrap()), "{broken}");
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "observability" {
            collect(&path, found);
        } else if name.contains("template") || path.to_string_lossy().contains("seeds/template") {
            found.push(path);
        }
    }
}
