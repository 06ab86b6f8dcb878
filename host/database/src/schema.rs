//! Whether the database has the schema and the functions of this host.

use super::migrate::{Installed, MigrateError, installed};
use super::{Database, DatabaseError};
use semver::Version;
use std::sync::LazyLock;

/// What this host installs; all functions are read for it.
static OWN: LazyLock<Installed> = LazyLock::new(Installed::by_this_host);

/// Whose schema and functions a database has, as this host sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// This host's.
    Own,
    /// A newer release's, beside which this host works.
    Newer(Version),
    /// A newer release's, for which this host is too old.
    TooNew(Version),
    /// An older release's, or another build's of this release: as after a restore.
    Other(Version),
    /// Nobody's.
    Missing,
}

impl Schema {
    fn of(found: Option<&Installed>, own: &Installed) -> Self {
        let Some(found) = found else {
            return Self::Missing;
        };
        let release = found.host_version.clone();
        if own.host_version < found.oldest_host {
            Self::TooNew(release)
        } else if found == own {
            Self::Own
        } else if found.is_newer_than(own) {
            Self::Newer(release)
        } else {
            Self::Other(release)
        }
    }
}

impl Database {
    /// Whose schema and functions the database has now: hosts of another release change them while this one runs.
    pub async fn schema(&self) -> Result<Schema, DatabaseError> {
        let found = match installed(self.pool()).await {
            Err(MigrateError::Database(error)) => return Err(error.into()),
            Err(error) => return Err(DatabaseError::Corrupt(error.to_string())),
            Ok(found) => found,
        };
        Ok(Schema::of(found.as_ref(), &OWN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_told_from_one_for_which_the_host_is_too_old() {
        let own = Installed::by_this_host();
        let next = Version::new(own.host_version.major, own.host_version.minor + 1, 0);
        let mut newer = Installed {
            host_version: next.clone(),
            ..own.clone()
        };
        assert_eq!(Schema::of(Some(&own), &own), Schema::Own);
        assert_eq!(Schema::of(Some(&newer), &own), Schema::Newer(next.clone()));
        newer.oldest_host = next.clone();
        assert_eq!(Schema::of(Some(&newer), &own), Schema::TooNew(next));
        let other = Installed {
            digest: "other".to_owned(),
            ..own.clone()
        };
        let release = own.host_version.clone();
        assert_eq!(Schema::of(Some(&other), &own), Schema::Other(release));
        assert_eq!(Schema::of(None, &own), Schema::Missing);
    }
}
