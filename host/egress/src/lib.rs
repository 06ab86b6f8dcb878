//! Requests to the outside: an HTTP client that resolves names itself and connects only to the addresses that it has
//! checked. Handlers and webhooks share it.

mod address;
mod client;
mod connect;
mod names;
mod target;

pub use address::{AddressRefused, InnerAddresses, check, check_name};
pub use client::{Client, last_cause};
pub use connect::within_connect_timeout;
pub use names::{LookUp, SystemNames};
pub use target::{TargetError, check_target};
