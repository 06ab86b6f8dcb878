//! What `tasker new` writes.

mod language;
mod schema;
mod sdk;

pub use language::{Language, SdkPlace};

use language::Template;
use std::path::{Path, PathBuf};

/// What a new crate is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Step handlers.
    #[default]
    Handler,
    /// A subscriber to events.
    Subscriber,
}

/// Where the new crate has the SDK from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sdk {
    /// A checkout: this path, as the crate's manifest is to name it.
    Path(PathBuf),
    /// A copy inside the crate, in `sdk/`.
    Copied,
}

/// One file to be written: its path inside the new crate, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: PathBuf,
    pub text: String,
}

/// What is made: of what, in which language, and where the SDK is.
#[derive(Clone, Debug)]
pub struct Project<'a> {
    pub language: Language,
    pub kind: Kind,
    pub namespace: &'a str,
    pub name: &'a str,
    pub sdk: &'a Sdk,
}

impl Project<'_> {
    /// All files of it.
    pub fn files(&self) -> Vec<File> {
        let templates = self.language.files(self.kind).iter();
        let mut files: Vec<_> = templates.map(|it| self.filled_in(it)).collect();
        let has_template = files.iter().any(|it| it.path == Path::new("template.yaml"));
        files.extend(has_template.then(|| schema::file(self.sdk)).flatten());
        match self.sdk {
            Sdk::Path(_) => {}
            Sdk::Copied => files.extend(sdk::files(self.language).iter().map(copied)),
        }
        files
    }

    fn filled_in(&self, (path, text): &Template) -> File {
        let sdk = self.sdk_path();
        let text = text
            .replace("{{namespace}}", self.namespace)
            .replace("{{name}}", self.name)
            .replace("{{extension}}", self.language.extension())
            .replace("{{schema}}", &schema::place(self.sdk).to_string_lossy())
            .replace("{{sdk}}", &toml_string(sdk))
            .replace("{{sdk_npm}}", &npm_string(sdk))
            .replace("{{sdk_go}}", &go_string(&dotted(sdk)))
            .replace("{{sdk_path}}", &super::shell::path(&dotted(sdk)));
        File {
            path: path.into(),
            text,
        }
    }

    fn sdk_path(&self) -> &Path {
        match self.sdk {
            Sdk::Path(path) => path.as_path(),
            Sdk::Copied => Path::new("sdk"),
        }
    }

    /// What is typed to test it.
    pub fn test_commands(&self) -> String {
        let sdk = super::shell::path(&dotted(self.sdk_path()));
        self.language.test_commands(&sdk)
    }
}

fn copied((path, text): &(&str, &str)) -> File {
    File {
        path: Path::new("sdk").join(path),
        text: (*text).to_owned(),
    }
}

/// A path that no tool takes for the name of a package.
fn dotted(path: &Path) -> PathBuf {
    match path.is_absolute() || path.starts_with("..") {
        true => path.to_owned(),
        false => Path::new(".").join(path),
    }
}

/// As a dependency of a package.json has it.
fn npm_string(path: &Path) -> String {
    serde_json::Value::from(format!("file:{}", path.display())).to_string()
}

/// As a go.mod has it.
fn go_string(path: &Path) -> String {
    serde_json::Value::from(path.to_string_lossy()).to_string()
}

fn toml_string(path: &Path) -> String {
    let escaped = path
        .to_string_lossy()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;
    use std::fs;

    const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

    fn project<'a>(language: Language, kind: Kind, name: &'a str, sdk: &'a Sdk) -> Project<'a> {
        Project {
            language,
            kind,
            namespace: "demo",
            name,
            sdk,
        }
    }

    #[test]
    fn every_word_of_a_project_is_filled_in() {
        for language in Language::value_variants() {
            for kind in Kind::value_variants() {
                for File { path, text } in project(*language, *kind, "hello", &Sdk::Copied).files()
                {
                    let is_open = !path.starts_with("sdk") && text.contains("{{");
                    assert!(!is_open, "{language:?} {}", path.display());
                }
            }
        }
    }

    #[test]
    fn a_template_names_a_schema_that_is_there() {
        let line = |files: &[File]| {
            let template = files
                .iter()
                .find(|it| it.path == Path::new("template.yaml"));
            template.unwrap().text.lines().next().unwrap().to_owned()
        };
        let has_schema =
            |files: &[File]| files.iter().any(|it| it.path == Path::new(schema::SCHEMA));
        for language in Language::value_variants() {
            let copied = project(*language, Kind::Handler, "hello", &Sdk::Copied).files();
            assert!(has_schema(&copied));
            let beside = format!("# yaml-language-server: $schema={}", schema::SCHEMA);
            assert_eq!(line(&copied), beside);
            let checkout = Sdk::Path("../../plugins/sdk".into());
            let checkout = project(*language, Kind::Handler, "hello", &checkout).files();
            assert!(!has_schema(&checkout));
            assert!(line(&checkout).ends_with(&format!("=../../{}", schema::SCHEMA_IN_CHECKOUT)));
            let subscriber = project(*language, Kind::Subscriber, "totals", &Sdk::Copied).files();
            assert!(!has_schema(&subscriber));
        }
        assert!(
            Path::new(REPOSITORY)
                .join(schema::SCHEMA_IN_CHECKOUT)
                .exists()
        );
    }

    #[test]
    fn the_first_example_is_what_a_new_crate_is() {
        let sdk = Sdk::Path("../../plugins/sdk".into());
        for File { path, text } in project(Language::Rust, Kind::Handler, "hello", &sdk).files() {
            let example = Path::new(REPOSITORY).join("examples/01-hello").join(&path);
            assert_eq!(
                fs::read_to_string(&example).unwrap(),
                text,
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn a_sample_component_is_what_a_new_crate_with_a_subscriber_has() {
        let files = project(Language::Rust, Kind::Subscriber, "totals", &Sdk::Copied).files();
        let of = |path: &str| files.iter().find(|it| it.path == Path::new(path)).unwrap();
        let sample = Path::new(REPOSITORY).join("plugins/handlers/totals/src/lib.rs");
        assert_eq!(fs::read_to_string(sample).unwrap(), of("src/lib.rs").text);
    }

    #[test]
    fn a_path_with_quotes_stays_one_toml_string() {
        assert_eq!(toml_string(Path::new(r#"a "b"\c"#)), r#""a \"b\"\\c""#);
    }
}
