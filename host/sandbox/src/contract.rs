//! The interfaces between guests and the host.

/// What a component exports: one of these, or both. A 1.x, earlier or later, is found by these names as well.
pub(super) const CONTRACT_HANDLER: &str = "tasker:step/handler@1.1.0";
pub(super) const CONTRACT_SUBSCRIBER: &str = "tasker:step/subscriber@1.1.0";
/// What it may export.
pub(super) const CONTRACT_DESCRIPTOR: &str = "tasker:step/descriptor@1.1.0";

/// The interfaces that a component may import, without their versions; listed in the error for a component that imports
/// another one.
pub(super) const PROVIDED: [&str; 35] = [
    "tasker:step/context",
    "tasker:step/events",
    "tasker:step/kv",
    "tasker:step/log",
    "tasker:step/secrets",
    "tasker:step/types",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];
