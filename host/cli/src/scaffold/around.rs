//! What a project has around its component: a template with cases, the folder that `tasker sync` reads, and a workflow for CI.

use super::Kind;
use super::language::Template;

/// The files of a project beside its component; none of a component alone.
pub fn files(kind: Kind) -> Vec<Template> {
    let Kind::Project(shape) = kind else {
        return Vec::new();
    };
    vec![
        ("README.md", include_str!("project/README.md.txt")),
        (".gitignore", include_str!("project/gitignore.txt")),
        (
            ".github/workflows/ci.yml",
            include_str!("project/ci.yml.txt"),
        ),
        ("input.json", include_str!("project/input.json.txt")),
        (
            "tests/handlers.yaml",
            include_str!("project/handlers.cases.yaml.txt"),
        ),
        ("tests/{{name}}.yaml", shape.cases()),
        (
            "sync/{{namespace}}/templates/{{name}}.yaml",
            shape.template(),
        ),
        (
            "sync/{{namespace}}/pins.yaml",
            include_str!("project/pins.yaml.txt"),
        ),
        (
            "sync/{{namespace}}/grants.yaml",
            include_str!("project/grants.yaml.txt"),
        ),
    ]
}
