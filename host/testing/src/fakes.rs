//! What stands in for the world while a case runs. Each is one more implementation of what the sandbox asks of those
//! who run it; nothing of them reaches beyond the process.

mod clock;
mod closed;
mod http;
mod random;
mod services;

pub use clock::VirtualClock;
pub use closed::ClosedHttp;
pub use http::{AttemptHttp, HttpFakes, NoNames, SentRequest, matches_url};
pub use random::random_numbers;
pub use services::Stored;
