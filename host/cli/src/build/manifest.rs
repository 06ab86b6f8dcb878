//! tasker.toml: the manifest of a project in a language that has none of its own for a component's name.

use super::program;
use anyhow::Context as _;
use semver::Version;
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    component: Component,
}

/// What a tasker.toml says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    pub name: Option<String>,
    pub version: Version,
    pub language: Language,
    /// Where the SDK is.
    pub sdk: Option<PathBuf>,
    /// More that is said to the compiler.
    #[serde(default)]
    pub flags: Vec<String>,
}

/// What a tasker.toml may name; other languages have manifests of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    C,
    Go,
}

/// Reads a tasker.toml.
pub fn read(path: &Path) -> anyhow::Result<Component> {
    parse(&program::read(path)?).with_context(|| format!("{} was not understood", path.display()))
}

/// What the text of a tasker.toml says.
pub fn parse(text: &str) -> anyhow::Result<Component> {
    let Manifest { component } = toml::from_str(text)?;
    Ok(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str =
        "[component]\nname = \"orders/charge\"\nversion = \"1.2.0\"\nlanguage = \"c\"\n";

    #[test]
    fn a_project_says_what_its_component_is_called_and_what_it_is_written_in() {
        let component = parse(MANIFEST).unwrap();
        assert_eq!(component.name.as_deref(), Some("orders/charge"));
        assert_eq!(component.version, Version::new(1, 2, 0));
        assert_eq!(component.language, Language::C);
        let component = parse(&MANIFEST.replace("\"c\"", "\"go\"")).unwrap();
        assert_eq!(component.language, Language::Go);
    }

    #[test]
    fn a_word_that_is_none_of_the_manifest_is_refused() {
        for (wrong, expected) in [
            (MANIFEST.replace("version", "versoin"), "versoin"),
            (MANIFEST.replace("\"c\"", "\"cobol\""), "cobol"),
            ("[component]\nlanguage = \"c\"\n".to_owned(), "version"),
        ] {
            let error = parse(&wrong).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
