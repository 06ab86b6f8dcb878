//! Tests of handlers and templates without a host: cases in YAML, run by the real sandbox.
//!
//! A file of cases is read with everything that is wrong in it ([`case_file`]). Each case runs the component that a host
//! would run, in the sandbox that a host has; what the sandbox asks of those who run it (requests that leave the host,
//! secrets, kv entries, results of earlier steps, clocks, random numbers) is answered by [`fakes`]. What the attempt did is
//! compared with what the case expects ([`compare`]). A case of a template runs a whole task, by the engine of a real
//! database in virtual time ([`task`]).
//!
//! An attempt of a host that was recorded is run again ([`replay`]), or becomes a case ([`export`]).

pub mod beside;
pub mod case;
pub mod case_file;
pub mod case_report;
pub mod compare;
pub mod coverage;
pub mod export;
pub mod fakes;
pub mod junit;
pub mod observed;
pub mod pool;
pub mod replay;
pub mod report;
mod same;
pub mod snapshot;
pub mod task;
pub mod tested;
