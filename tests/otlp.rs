//! Traces, metrics and logs on their way to a collector that is not ours: a receiver of OTLP in Python, real hosts in
//! processes of their own, a real database.

mod collectors;
mod crashes;
mod host;
mod logs;
mod metrics;
pub mod receiver;
mod requests;
mod signals;
mod whole;
