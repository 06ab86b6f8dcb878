//! The feed: what happens, as events of declared types, in one order.
//!
//! Nothing is stored for it. An event is derived from a row of the log or the audit when it is read, so its position is
//! that of the row, and readers who go on from a position get each event once, from any host.

pub mod catalog;
pub mod cloud_event;
pub mod cursor;
mod derive;
mod error;
pub mod event;
pub mod filter;
pub mod follow;
pub mod page;
pub mod schema;
mod tail;
mod wants;

pub use cursor::Position;
pub use derive::events as events_of;
pub use error::FeedError;
pub use event::Event;
pub use tail::{Feed, FeedStatus};
pub use wants::Wants;
