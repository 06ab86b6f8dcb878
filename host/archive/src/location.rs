//! Where an archive is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

const S3: &str = "s3://";

/// Where an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    Folder(PathBuf),
    /// In an object store with the interface of S3.
    S3 {
        bucket: String,
        /// Without a slash at either end; empty: none.
        prefix: String,
    },
}

/// Why a text is not the place of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    #[error("an archive is a folder, or s3://BUCKET/PREFIX")]
    Scheme,
    #[error("a bucket is missing; write s3://BUCKET/PREFIX")]
    NoBucket,
    #[error(
        "the prefix has empty parts or other characters than A-Z, a-z, 0-9, `-`, `_`, `.` and `=`"
    )]
    Prefix,
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let Some(rest) = text.strip_prefix(S3) else {
            return match text.is_empty() || text.contains("://") {
                true => Err(LocationError::Scheme),
                false => Ok(Self::Folder(text.into())),
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_given = !prefix.is_empty();
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if bucket.is_empty() {
            return Err(LocationError::NoBucket);
        }
        if is_given && !prefix.split('/').all(is_plain) {
            return Err(LocationError::Prefix);
        }
        Ok(Self::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

/// True for what every store and tool writes in the same way.
fn is_plain(part: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.=".contains(c);
    !part.is_empty() && ![".", ".."].contains(&part) && part.chars().all(is_plain)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "{S3}{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "{S3}{bucket}/{prefix}"),
        }
    }
}

impl Location {
    /// What is at a path below it, for people.
    pub(super) fn join(&self, path: &str) -> String {
        match path {
            "" => self.to_string(),
            path => format!("{self}/{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for text in ["archive", "/var/lib/archive", "s3://b", "s3://b/a/b-1"] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), text);
        }
        let slash: Location = "s3://b/a/".parse().unwrap();
        assert_eq!(slash, "s3://b/a".parse().unwrap());
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let error = |text: &str| text.parse::<Location>().unwrap_err();
        assert_eq!(error("gs://bucket"), LocationError::Scheme);
        assert_eq!(error(""), LocationError::Scheme);
        assert_eq!(error("s3:///a"), LocationError::NoBucket);
        for prefix in ["s3://b/a//b", "s3://b/../a", "s3://b/a b", "s3://b//"] {
            assert_eq!(error(prefix), LocationError::Prefix, "{prefix}");
        }
    }
}
