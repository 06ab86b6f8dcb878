//! Names of headers, in lower case.

/// What the caller's key permits, so that a command suggests only what it may do.
pub const PERMISSIONS: &str = "x-tasker-permissions";

/// The namespace that the request made.
pub const NEW_NAMESPACE: &str = "x-tasker-new-namespace";

/// The id of a request, in and out: the host's log and the task that it makes have it.
pub const CORRELATION: &str = "x-correlation-id";

/// One signature of an uploaded component; it may come several times.
pub const SIGNATURE: &str = "x-tasker-signature";

/// In an answer: it is from a read replica, which is so many milliseconds behind.
pub const REPLICA_LAG: &str = "x-tasker-replica-lag-ms";

/// In a request: how far the answer may be behind, in milliseconds. With 0, no replica is asked.
pub const MAX_LAG: &str = "x-tasker-max-lag-ms";

/// In a request that submits: the trace to which the tasks belong, as W3C Trace Context has it.
pub const TRACEPARENT: &str = "traceparent";

/// In the answer to a single submit: the trace of the task, where the host exports traces.
pub const TRACERESPONSE: &str = "traceresponse";

/// In a request: the entity tag of what the caller has.
pub const IF_NONE_MATCH: &str = "if-none-match";

/// In a request that changes something: the entity tag of what is changed, as the caller knows it.
pub const IF_MATCH: &str = "if-match";

/// In a request for a stream: the last event that the caller had.
pub const LAST_EVENT_ID: &str = "last-event-id";

/// In an answer to a caller with a rate: how many requests are left, and in how many seconds all are.
pub const RATE_LIMIT: &str = "ratelimit";

/// The same: how many requests there are for how many seconds.
pub const RATE_LIMIT_POLICY: &str = "ratelimit-policy";

/// The identity of a single submit.
pub const IDEMPOTENCY: &str = "idempotency-key";
