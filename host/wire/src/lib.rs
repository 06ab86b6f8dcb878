//! What crosses the HTTP API of a host, for the host and for its callers alike. No IO.

pub mod headers;
