//! The words of the product as values: no input or output, no clock, no randomness.
//!
//! Everything here is parsed at the edge and cannot be wrong afterwards.

pub mod actor;
pub mod api_key;
pub mod audit;
pub mod bounds;
pub mod byte_order_mark;
pub mod capability;
pub mod component_file;
pub mod data_dir;
pub mod descriptor;
pub mod digest;
pub mod duration;
pub mod effects;
pub mod error_chain;
pub mod error_report;
pub mod event;
pub mod followed;
pub mod grants;
pub mod guard;
pub mod ids;
pub mod impact;
pub mod invocation;
pub mod json_text;
pub mod kv;
pub mod limits;
pub mod name;
pub mod outcome;
pub mod permission;
pub mod pin;
pub mod ramp;
pub mod reason;
pub mod requirement;
pub mod resolve;
pub mod rule_file;
pub mod sanitize;
pub mod scope;
pub mod secret;
pub mod share;
pub mod shown;
pub mod signature;
pub mod signing_policy;
pub mod state;
pub mod template;
pub mod usage;
