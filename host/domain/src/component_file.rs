//! How a file says which component it is: `<name>@<version>.wasm`.

use super::name::Name;
use semver::Version;

/// The component and version in a file name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComponentFile {
    pub name: Name,
    pub version: Version,
}

/// Why a file name names no component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComponentFileError {
    #[error(
        "the file name has no version; call it <name>@<version>.wasm, for example charge@1.5.0.wasm"
    )]
    NoVersion,
    #[error("the file name does not begin with a name: {0}")]
    Name(#[from] super::name::NameError),
    #[error(
        "`{text}` in the file name is not a version ({reason}); write for example charge@1.5.0.wasm"
    )]
    Version { text: String, reason: String },
}

impl ComponentFile {
    /// Reads the name of a file, without folders.
    pub fn parse(file_name: &str) -> Result<Self, ComponentFileError> {
        let stem = file_name.strip_suffix(".wasm").unwrap_or(file_name);
        let (name, version) = stem.split_once('@').ok_or(ComponentFileError::NoVersion)?;
        let parsed = version.parse();
        Ok(Self {
            name: name.parse()?,
            version: parsed.map_err(|error: semver::Error| ComponentFileError::Version {
                text: version.to_owned(),
                reason: error.to_string(),
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_has_component_and_version() {
        let file = ComponentFile::parse("charge@1.5.0-rc.1.wasm").unwrap();
        assert_eq!(
            (file.name.as_str(), file.version.to_string().as_str()),
            ("charge", "1.5.0-rc.1")
        );
    }

    #[test]
    fn a_file_name_without_a_component_is_refused_with_an_example() {
        for wrong in [
            "charge.wasm",
            "charge@1.5.wasm",
            "@1.0.0.wasm",
            "a b@1.0.0.wasm",
        ] {
            assert!(ComponentFile::parse(wrong).is_err(), "{wrong}");
        }
        let error = ComponentFile::parse("charge.wasm").unwrap_err().to_string();
        assert!(error.contains("charge@1.5.0.wasm"), "{error}");
    }
}
