//! Faults of the database under load: hosts wait for it, and no step fails for it.

mod archive;
mod clock;
mod damaged;
mod failover;
mod feed;
mod frozen;
#[cfg(target_os = "linux")]
mod full_disk;
mod interrupted;
mod keys;
mod load;
mod locked;
mod locked_out;
mod log_position;
mod pooler;
mod private;
mod proxy;
mod read_only;
mod refused;
mod replica;
mod restarted;
mod serve;
mod server;
mod silent;
mod starved;
mod status;
mod troubled;
