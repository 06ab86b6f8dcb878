//! Faults of the database under load: hosts wait for it, and no step fails for it.

mod clock;
mod failover;
mod frozen;
mod load;
mod locked;
mod restarted;
mod server;
