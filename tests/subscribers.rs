//! Events on their way to components: real components in real hosts, a real database.

mod counts;
mod failures;
mod killed;
mod runs;
mod setup;
mod stored;
mod versions;
