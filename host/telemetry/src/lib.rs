//! What a host counts and measures of itself, for Prometheus.
//!
//! [`catalog`] has every metric as data. The crates of the host keep [`Counter`]s and [`Histogram`]s where things
//! happen, which takes no lock, and give their values as [`Samples`] when somebody asks.

pub mod catalog;
mod instrument;
mod labels;
mod metric;
mod process;
mod samples;

pub use instrument::{Counter, Histogram};
pub use labels::BoundedLabels;
pub use metric::{Kind, Metric, OTHER, Origin, Unit};
pub use process::sample_process;
pub use samples::{Format, Sampler, Samples};
