//! How large a change a version number allows, compared with an earlier number, by the rules of Cargo.

use super::Level;
use semver::{Prerelease, Version};

/// The largest change that the number `new` allows, where `old` is the last version below it.
///
/// A pre-release is read as its release; between pre-releases of one release, and from the last of
/// them to the release, any change is allowed.
pub fn allowed(old: &Version, new: &Version) -> Level {
    if !old.pre.is_empty() && release(old) == release(new) {
        return Level::Major;
    }
    let same_minor = (old.major, old.minor) == (new.major, new.minor);
    match (old.major == new.major, same_minor) {
        (false, _) => Level::Major,
        (true, _) if new.major > 0 => match same_minor {
            true => Level::Patch,
            false => Level::Minor,
        },
        (true, true) if new.minor > 0 => Level::Minor,
        (true, _) => Level::Major,
    }
}

/// The lowest number above `old` that allows a change of this level and is not among
/// `taken`; a pre-release if `wanted` is one.
pub fn lowest(old: &Version, level: Level, wanted: &Version, taken: &[Version]) -> Version {
    let mut version = release(old);
    loop {
        version = next(&version, level);
        let candidate = Version {
            pre: wanted.pre.clone(),
            ..version.clone()
        };
        if !taken.contains(&candidate) {
            return candidate;
        }
    }
}

/// The version that `new` is compared with: the highest stable one below it, else the highest
/// pre-release below it.
pub fn baseline<'v>(
    new: &Version,
    existing: impl IntoIterator<Item = &'v Version>,
) -> Option<&'v Version> {
    let below = existing.into_iter().filter(|version| *version < new);
    below.max_by_key(|version| (version.pre.is_empty(), (*version).clone()))
}

fn next(version: &Version, level: Level) -> Version {
    let Version {
        major,
        minor,
        patch,
        ..
    } = *version;
    match (level, major, minor) {
        (Level::Patch, _, _) | (Level::Minor, 0, 1..) | (_, 0, 0) => {
            Version::new(major, minor, patch + 1)
        }
        (Level::Minor, _, _) | (Level::Major, 0, _) => Version::new(major, minor + 1, 0),
        (Level::Major, _, _) => Version::new(major + 1, 0, 0),
    }
}

fn release(version: &Version) -> Version {
    Version {
        pre: Prerelease::EMPTY,
        ..version.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn a_number_allows_what_cargo_reads_in_it() {
        let cases = [
            ("1.0.0", "1.0.1", Level::Patch),
            ("1.0.0", "1.1.0", Level::Minor),
            ("1.4.2", "1.6.1", Level::Minor),
            ("1.9.0", "2.0.0", Level::Major),
            ("0.1.0", "0.2.0", Level::Major),
            ("0.1.1", "0.1.2", Level::Minor),
            ("0.0.1", "0.0.2", Level::Major),
            ("0.9.0", "1.0.0", Level::Major),
            ("1.0.0", "1.0.1-rc.1", Level::Patch),
            ("1.0.0", "2.0.0-rc.1", Level::Major),
            ("1.0.0-rc.1", "1.0.0", Level::Major),
            ("1.0.0-rc.1", "1.0.0-rc.2", Level::Major),
            ("1.0.0-rc.1", "1.0.1", Level::Patch),
        ];
        for (old, new, level) in cases {
            assert_eq!(
                allowed(&version(old), &version(new)),
                level,
                "{old} → {new}"
            );
        }
    }

    #[test]
    fn the_lowest_right_number_leaves_room_and_is_free() {
        let cases = [
            ("1.0.0", Level::Minor, "1.0.1", "1.1.0"),
            ("1.0.4", Level::Major, "1.1.0", "2.0.0"),
            ("0.1.4", Level::Minor, "0.1.5", "0.1.5"),
            ("0.1.4", Level::Major, "0.1.5", "0.2.0"),
            ("0.0.4", Level::Minor, "0.0.5", "0.0.5"),
            ("1.0.0", Level::Minor, "1.0.1-rc.1", "1.1.0-rc.1"),
        ];
        for (old, level, wanted, right) in cases {
            let lowest = lowest(&version(old), level, &version(wanted), &[]);
            assert_eq!(lowest, version(right), "{old} {level}");
            assert!(allowed(&version(old), &lowest) >= level, "{old} → {lowest}");
        }
        let taken = [version("1.1.0"), version("1.2.0")];
        let free = lowest(&version("1.0.0"), Level::Minor, &version("1.0.1"), &taken);
        assert_eq!(free, version("1.3.0"));
    }

    #[test]
    fn pre_releases_count_only_where_nothing_stable_is_below() {
        let existing = ["1.0.0", "1.1.0-rc.1", "1.2.0", "2.0.0"].map(version);
        assert_eq!(baseline(&version("1.1.0"), &existing), Some(&existing[0]));
        assert_eq!(baseline(&version("1.3.0"), &existing), Some(&existing[2]));
        assert_eq!(baseline(&version("0.9.0"), &existing), None);
        let early = ["1.0.0-rc.1", "1.0.0-rc.2"].map(version);
        assert_eq!(baseline(&version("1.0.0"), &early), Some(&early[1]));
    }
}
