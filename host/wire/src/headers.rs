//! Names of headers, in lower case.

/// What the caller's key permits, so that a command suggests only what it may do.
pub const PERMISSIONS: &str = "x-tasker-permissions";

/// The namespace that the request made.
pub const NEW_NAMESPACE: &str = "x-tasker-new-namespace";
