//! Versions as they are written.

use super::RegistryError;
use semver::Version;

/// A full version without build metadata.
pub fn parse_version(text: &str) -> Result<Version, RegistryError> {
    let version = Version::parse(text).map_err(|source| RegistryError::Version {
        text: text.to_owned(),
        source,
    })?;
    match version.build.is_empty() {
        true => Ok(version),
        false => Err(RegistryError::BuildMetadata { version }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_whole_and_without_build_metadata() {
        assert!(matches!(
            parse_version("1.4"),
            Err(RegistryError::Version { .. })
        ));
        let error = parse_version("1.4.0+build.7")
            .expect_err("refused")
            .to_string();
        assert!(error.ends_with("leave out `+build.7`"), "{error}");
    }
}
