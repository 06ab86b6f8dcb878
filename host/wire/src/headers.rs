//! Names of headers, in lower case.

/// What the caller's key permits, so that a command suggests only what it may do.
pub const PERMISSIONS: &str = "x-tasker-permissions";

/// The namespace that the request made.
pub const NEW_NAMESPACE: &str = "x-tasker-new-namespace";

/// The id of a request, in and out: the host's log and the task that it makes have it.
pub const CORRELATION: &str = "x-correlation-id";

/// One signature of an uploaded component; it may come several times.
pub const SIGNATURE: &str = "x-tasker-signature";

/// The identity of a single submit.
pub const IDEMPOTENCY: &str = "idempotency-key";
