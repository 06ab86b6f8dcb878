//! What `tasker new` writes.

use std::path::{Path, PathBuf};
use tasker_domain::template::template_schema;

/// What a new crate is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Step handlers.
    #[default]
    Handler,
    /// A subscriber to events.
    Subscriber,
}

impl Kind {
    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Handler => &HANDLER,
            Self::Subscriber => &SUBSCRIBER,
        }
    }
}

/// The files of a new crate of handlers, with `{{…}}` where its own words go.
const HANDLER: [(&str, &str); 7] = [
    ("Cargo.toml", include_str!("scaffold/crate/Cargo.toml.txt")),
    (
        ".cargo/config.toml",
        include_str!("scaffold/crate/config.toml.txt"),
    ),
    ("src/lib.rs", include_str!("scaffold/crate/lib.rs.txt")),
    (
        "template.yaml",
        include_str!("scaffold/crate/template.yaml.txt"),
    ),
    ("input.json", include_str!("scaffold/crate/input.json.txt")),
    ("README.md", include_str!("scaffold/crate/README.md.txt")),
    (".gitignore", include_str!("scaffold/crate/gitignore.txt")),
];

/// The files of a new crate with a subscriber.
const SUBSCRIBER: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("scaffold/crate/Cargo.toml.txt")),
    (
        ".cargo/config.toml",
        include_str!("scaffold/crate/config.toml.txt"),
    ),
    ("src/lib.rs", include_str!("scaffold/subscriber/lib.rs.txt")),
    (
        "README.md",
        include_str!("scaffold/subscriber/README.md.txt"),
    ),
    (".gitignore", include_str!("scaffold/crate/gitignore.txt")),
];

macro_rules! sdk_files {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../../../plugins/sdk/", $path)))),+]
    };
}

/// The SDK as it was when this program was built: a crate made from it builds wherever that is.
const SDK: [(&str, &str); 22] = sdk_files![
    "Cargo.toml",
    "src/bindings.rs",
    "src/component.rs",
    "src/context.rs",
    "src/entry.rs",
    "src/events.rs",
    "src/failure.rs",
    "src/handler.rs",
    "src/host.rs",
    "src/http/mod.rs",
    "src/http/response.rs",
    "src/http/wasi.rs",
    "src/json.rs",
    "src/kv.rs",
    "src/lib.rs",
    "src/log.rs",
    "src/macros.rs",
    "src/outcome.rs",
    "src/subscriber.rs",
    "src/subscriber_bindings.rs",
    "src/subscriber_macros.rs",
    "src/testing.rs",
];

/// Where a checkout has the SDK.
const SDK_IN_CHECKOUT: &str = "plugins/sdk";
/// Where a checkout has the JSON Schema of templates.
const SCHEMA_IN_CHECKOUT: &str = "host/docs/reference/template.schema.json";
/// What the schema is called beside a template.
const SCHEMA: &str = "template.schema.json";

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

/// All files of a new crate.
pub fn files(kind: Kind, namespace: &str, name: &str, sdk: &Sdk) -> Vec<File> {
    let mut files: Vec<_> = kind
        .files()
        .iter()
        .map(|file| filled_in(file, namespace, name, sdk))
        .collect();
    match sdk {
        Sdk::Path(_) => {}
        Sdk::Copied => files.extend(SDK.iter().map(copied)),
    }
    files.extend(needs_schema(kind, sdk).then(|| File {
        path: SCHEMA.into(),
        text: format!("{:#}\n", template_schema()),
    }));
    files
}

/// True if no checkout has the schema that editors check the template by.
fn needs_schema(kind: Kind, sdk: &Sdk) -> bool {
    let has_template = kind
        .files()
        .iter()
        .any(|(path, _)| *path == "template.yaml");
    has_template && schema_of_checkout(sdk).is_none()
}

fn schema_of_checkout(sdk: &Sdk) -> Option<PathBuf> {
    match sdk {
        Sdk::Path(path) if path.ends_with(SDK_IN_CHECKOUT) => {
            Some(path.parent()?.parent()?.join(SCHEMA_IN_CHECKOUT))
        }
        Sdk::Path(_) | Sdk::Copied => None,
    }
}

fn filled_in((path, text): &(&str, &str), namespace: &str, name: &str, sdk: &Sdk) -> File {
    let schema = schema_of_checkout(sdk).unwrap_or_else(|| SCHEMA.into());
    let sdk = match sdk {
        Sdk::Path(path) => path.as_path(),
        Sdk::Copied => Path::new("sdk"),
    };
    let text = text
        .replace("{{namespace}}", namespace)
        .replace("{{name}}", name)
        .replace("{{schema}}", &schema.to_string_lossy())
        .replace("{{sdk}}", &toml_string(sdk));
    File {
        path: path.into(),
        text,
    }
}

fn copied((path, text): &(&str, &str)) -> File {
    File {
        path: Path::new("sdk").join(path),
        text: (*text).to_owned(),
    }
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
    use std::collections::BTreeSet;
    use std::fs;

    const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

    #[test]
    fn the_first_example_is_what_a_new_crate_is() {
        let sdk = Sdk::Path("../../plugins/sdk".into());
        for File { path, text } in files(Kind::Handler, "demo", "hello", &sdk) {
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
    fn a_template_names_a_schema_that_is_there() {
        let line = |files: &[File]| {
            let template = files
                .iter()
                .find(|it| it.path == Path::new("template.yaml"));
            template.unwrap().text.lines().next().unwrap().to_owned()
        };
        let copied = files(Kind::Handler, "demo", "hello", &Sdk::Copied);
        assert!(copied.iter().any(|it| it.path == Path::new(SCHEMA)));
        assert_eq!(
            line(&copied),
            format!("# yaml-language-server: $schema={SCHEMA}")
        );
        let checkout = files(
            Kind::Handler,
            "demo",
            "hello",
            &Sdk::Path("../../plugins/sdk".into()),
        );
        assert!(checkout.iter().all(|it| it.path != Path::new(SCHEMA)));
        assert!(line(&checkout).ends_with(&format!("=../../{SCHEMA_IN_CHECKOUT}")));
        assert!(Path::new(REPOSITORY).join(SCHEMA_IN_CHECKOUT).exists());
        let subscriber = files(Kind::Subscriber, "demo", "totals", &Sdk::Copied);
        assert!(subscriber.iter().all(|it| it.path != Path::new(SCHEMA)));
    }

    #[test]
    fn a_sample_component_is_what_a_new_crate_with_a_subscriber_has() {
        let sdk = Sdk::Copied;
        let files = files(Kind::Subscriber, "demo", "totals", &sdk);
        let of = |path: &str| files.iter().find(|it| it.path == Path::new(path)).unwrap();
        let sample = Path::new(REPOSITORY).join("plugins/handlers/totals/src/lib.rs");
        assert_eq!(fs::read_to_string(sample).unwrap(), of("src/lib.rs").text);
    }

    #[test]
    fn a_copied_sdk_has_every_file_of_the_sdk() {
        let root = Path::new(REPOSITORY).join("plugins/sdk");
        let mut found = BTreeSet::new();
        for folder in ["src", "src/http"] {
            let entries = fs::read_dir(root.join(folder))
                .unwrap()
                .map(|entry| entry.unwrap());
            let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
            found.extend(
                files.map(|file| format!("{folder}/{}", file.file_name().into_string().unwrap())),
            );
        }
        found.retain(|path| path.ends_with(".rs"));
        found.insert("Cargo.toml".to_owned());
        assert_eq!(
            found,
            SDK.iter().map(|(path, _)| (*path).to_owned()).collect()
        );
    }

    #[test]
    fn a_path_with_quotes_stays_one_toml_string() {
        assert_eq!(toml_string(Path::new(r#"a "b"\c"#)), r#""a \"b\"\\c""#);
    }
}
