//! Events on their way to webhooks: real receivers on loopback, a real database, the real delivering loop.

mod deliveries;
mod failures;
mod receiver;
mod setup;
mod takeover;
