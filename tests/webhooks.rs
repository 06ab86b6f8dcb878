//! Events on their way to webhooks and NATS: real receivers on loopback, a real database, the real delivering loop.

mod batches;
mod deliveries;
mod failures;
mod nats;
pub mod nats_server;
pub mod receiver;
pub mod setup;
mod takeover;
