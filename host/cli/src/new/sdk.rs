//! The SDK of a new component: that of the checkout around it, the one that is named, or a copy.

use super::make_folder;
use crate::scaffold::{Language, Sdk, SdkPlace};
use anyhow::bail;
use std::fs;
use std::path::{Path, PathBuf};

/// The SDK for a component in this folder, which is made.
pub(super) fn sdk(dir: &Path, language: Language, asked_for: Option<&Path>) -> anyhow::Result<Sdk> {
    let place = language.sdk_place();
    let Some(path) = asked_for else {
        return Ok(in_checkout(dir, &place)?.map_or(Sdk::Copied, Sdk::Path));
    };
    if !is_sdk(path, &place) {
        let (path, manifest, mark) = (path.display(), place.manifest, place.mark);
        bail!("{path} is not the SDK: it has no {manifest} with {mark}");
    }
    Ok(Sdk::Path(path.canonicalize()?))
}

/// The way from `dir` to the SDK of the checkout that it lies in, if it lies in one.
fn in_checkout(dir: &Path, place: &SdkPlace) -> anyhow::Result<Option<PathBuf>> {
    make_folder(dir)?;
    let dir = dir.canonicalize()?;
    let mut folders = dir.ancestors();
    let up = folders.position(|folder| is_sdk(&folder.join(place.folder), place));
    Ok(up.map(|levels| PathBuf::from("../".repeat(levels)).join(place.folder)))
}

fn is_sdk(folder: &Path, place: &SdkPlace) -> bool {
    fs::read_to_string(folder.join(place.manifest)).is_ok_and(|text| text.contains(place.mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn outside_a_checkout_the_sdk_is_copied() {
        let dir = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            assert_eq!(sdk(dir.path(), *language, None).unwrap(), Sdk::Copied);
        }
    }

    #[test]
    fn inside_a_checkout_the_sdk_is_named_by_its_path() {
        let checkout = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            let place = language.sdk_place();
            let sdk_there = checkout.path().join(place.folder);
            let manifest = sdk_there.join(place.manifest);
            fs::create_dir_all(manifest.parent().unwrap()).unwrap();
            fs::write(manifest, place.mark).unwrap();
            let dir = checkout.path().join("examples/99-new");
            let expected = Path::new("../..").join(place.folder);
            assert_eq!(sdk(&dir, *language, None).unwrap(), Sdk::Path(expected));
        }
    }

    #[test]
    fn a_folder_without_the_sdk_is_refused_as_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let error = sdk(dir.path(), Language::Python, Some(dir.path())).unwrap_err();
        assert!(error.to_string().contains("is not the SDK"), "{error}");
    }
}
