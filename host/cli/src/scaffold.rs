//! What `tasker new` writes.

mod around;
mod language;
mod own_template;
mod schema;
mod sdk;
mod shape;

pub use language::{Language, SdkPlace};
pub use own_template::{NewTemplateFiles, SchemaPlaces};
pub use schema::{CASES, TEMPLATES};
pub use shape::Shape;

use super::build::HANDLERS;
use language::Template;
use std::path::{Path, PathBuf};

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A component of step handlers, with a template.
    Handler,
    /// A component with a subscriber to events.
    Subscriber,
    /// A component of step handlers in a folder of its own, with all that is around it.
    Project(Shape),
}

/// Where a new component has the SDK from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sdk {
    /// A checkout: this path, as the component's manifest is to name it.
    Path(PathBuf),
    /// A copy inside the component, in `sdk/`.
    Copied,
}

/// One file to be written: its path inside the new folder, and its text.
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
        let component = self.component_folder();
        let templates = self.language.files(self.kind).iter();
        let mut files: Vec<_> = templates.map(|it| self.filled_in(it)).collect();
        if *self.sdk == Sdk::Copied {
            files.extend(sdk::files(self.language).iter().map(copied));
        }
        for file in &mut files {
            file.path = component.join(&file.path);
        }
        let around = around::files(self.kind);
        files.extend(around.iter().map(|it| self.filled_in(it)));
        let is_template =
            |it: &File| it.path.ends_with("template.yaml") || it.path.starts_with("sync");
        let has_template = files.iter().any(is_template);
        files.extend(has_template.then(|| TEMPLATES.file(self.sdk)).flatten());
        files.extend(CASES.file(self.sdk));
        files
    }

    /// The folder of the component in what is made.
    pub fn component_folder(&self) -> &'static Path {
        match self.kind {
            Kind::Handler | Kind::Subscriber => Path::new(""),
            Kind::Project(_) => Path::new(HANDLERS),
        }
    }

    fn filled_in(&self, (path, text): &Template) -> File {
        let named = |text: &str| {
            let text = text.replace("{{namespace}}", self.namespace);
            text.replace("{{name}}", self.name)
        };
        let path = PathBuf::from(named(path));
        let (sdk, seen) = (self.sdk_path(), self.sdk_from_root());
        let depth = path.components().count() - 1;
        let place = |schema: schema::Schema| schema.place(&seen, depth).display().to_string();
        let text = named(&self.around(text))
            .replace("{{extension}}", self.language.extension())
            .replace("{{schema}}", &place(TEMPLATES))
            .replace("{{case_schema}}", &place(CASES))
            .replace("{{sdk}}", &toml_string(sdk))
            .replace("{{sdk_npm}}", &npm_string(sdk))
            .replace("{{sdk_go}}", &go_string(&dotted(sdk)))
            .replace("{{sdk_path}}", &super::shell::path(&dotted(sdk)));
        File { path, text }
    }

    /// The words of what is around a component.
    fn around(&self, text: &str) -> String {
        let Kind::Project(shape) = self.kind else {
            return text.to_owned();
        };
        let tests = self.test_commands();
        text.replace("{{template}}", self.name)
            .replace(
                "{{template_path}}",
                "sync/{{namespace}}/templates/{{name}}.yaml",
            )
            .replace("{{requirement}}", "^0.1")
            .replace("{{picture}}", shape.picture())
            .replace("{{other_shape}}", shape.other().name())
            .replace("{{language}}", self.language.title())
            .replace("{{manifest}}", self.language.manifest())
            .replace("{{test}}", &tests.join("\n    "))
            .replace("{{test_in_ci}}", &tests.join("\n          "))
            .replace("{{ci_steps}}\n", self.language.ci_steps())
    }

    fn sdk_path(&self) -> &Path {
        match self.sdk {
            Sdk::Path(path) => path.as_path(),
            Sdk::Copied => Path::new("sdk"),
        }
    }

    /// The SDK as it is named from the folder that is made.
    fn sdk_from_root(&self) -> Sdk {
        match (self.sdk, self.kind) {
            (Sdk::Path(path), Kind::Project(_)) => {
                Sdk::Path(path.strip_prefix("..").unwrap_or(path).to_owned())
            }
            (sdk, _) => sdk.clone(),
        }
    }

    /// What is typed in the component's folder to test its functions, a command a line.
    pub fn test_commands(&self) -> Vec<String> {
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
    use serde_json::Value;
    use std::fs;
    use tasker_domain::template::{Template as Parsed, read_document};

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

    const KINDS: [Kind; 5] = [
        Kind::Handler,
        Kind::Subscriber,
        Kind::Project(Shape::Linear),
        Kind::Project(Shape::Parallel),
        Kind::Project(Shape::Diamond),
    ];

    #[test]
    fn every_word_of_a_project_is_filled_in() {
        for language in Language::value_variants() {
            for kind in KINDS {
                for File { path, text } in project(*language, kind, "hello", &Sdk::Copied).files() {
                    let is_sdk = path.iter().any(|part| part == "sdk");
                    let is_open = !is_sdk && text.replace("${{ ", "").contains("{{");
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
            |files: &[File]| files.iter().any(|it| it.path == Path::new(TEMPLATES.name));
        for language in Language::value_variants() {
            let copied = project(*language, Kind::Handler, "hello", &Sdk::Copied).files();
            assert!(has_schema(&copied));
            let beside = format!("# yaml-language-server: $schema={}", TEMPLATES.name);
            assert_eq!(line(&copied), beside);
            let checkout = Sdk::Path("../../plugins/sdk".into());
            let checkout = project(*language, Kind::Handler, "hello", &checkout).files();
            assert!(!has_schema(&checkout));
            assert!(line(&checkout).ends_with(&format!("=../../{}", TEMPLATES.in_checkout)));
            let subscriber = project(*language, Kind::Subscriber, "totals", &Sdk::Copied).files();
            assert!(!has_schema(&subscriber));
        }
        assert!(Path::new(REPOSITORY).join(TEMPLATES.in_checkout).exists());
    }

    #[test]
    fn every_project_has_cases_that_name_a_schema_that_is_there() {
        for language in Language::value_variants() {
            for kind in KINDS {
                let line = |sdk: &Sdk| {
                    let files = project(*language, kind, "hello", sdk).files();
                    let cases = files
                        .iter()
                        .find(|it| it.path == Path::new("tests/hello.yaml"));
                    let has_schema = files.iter().any(|it| it.path == Path::new(CASES.name));
                    let line = cases.unwrap().text.lines().next().unwrap().to_owned();
                    (line, has_schema)
                };
                let (copied, has_schema) = line(&Sdk::Copied);
                assert!(copied.ends_with(&format!("=../{}", CASES.name)), "{copied}");
                assert!(has_schema);
                let in_checkout = match kind {
                    Kind::Project(_) => "../../../plugins/sdk",
                    _ => "../../plugins/sdk",
                };
                let (checkout, has_schema) = line(&Sdk::Path(in_checkout.into()));
                let path = format!("=../../../{}", CASES.in_checkout);
                assert!(checkout.ends_with(&path), "{checkout}");
                assert!(!has_schema);
            }
        }
        assert!(Path::new(REPOSITORY).join(CASES.in_checkout).exists());
    }

    #[test]
    fn a_project_has_a_template_and_a_workflow_that_can_be_read() {
        for language in Language::value_variants() {
            for shape in Shape::value_variants() {
                let kind = Kind::Project(*shape);
                let files = project(*language, kind, "quote", &Sdk::Copied).files();
                let text = |path: &str| {
                    let file = files.iter().find(|it| it.path == Path::new(path));
                    &file.unwrap().text
                };
                let parsed = Parsed::parse(text("sync/demo/templates/quote.yaml")).unwrap();
                assert_eq!(parsed.name.as_str(), "quote");
                let workflow: Value = read_document(text(".github/workflows/ci.yml")).unwrap();
                let steps = workflow["jobs"]["test"]["steps"].as_array().unwrap();
                let commands = steps.iter().filter_map(|step| step["run"].as_str());
                let commands: Vec<&str> = commands.flat_map(str::lines).collect();
                let tests = project(*language, kind, "quote", &Sdk::Copied).test_commands();
                assert!(tests.iter().all(|test| commands.contains(&test.as_str())));
                let readme = text("README.md");
                assert!(tests.iter().all(|test| readme.contains(test)), "{readme}");
            }
        }
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
