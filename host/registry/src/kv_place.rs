//! Names of kv entries.

use tasker_domain::name::Name;

/// Which entry is meant.
#[derive(Clone, Debug)]
pub struct KvPlace {
    pub namespace: Name,
    pub bucket: Name,
    pub key: String,
}
