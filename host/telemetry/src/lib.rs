//! What a host counts and measures of itself, and the spans of its own that it has for traces.
//!
//! [`catalog`] has every metric as data. The crates of the host keep [`Counter`]s and [`Histogram`]s where things
//! happen, which takes no lock, and give their values as [`Samples`] when somebody asks. A [`Tracer`] takes the spans of attempts; who exports them is not this crate's matter.

pub mod catalog;
mod export_health;
mod export_queue;
mod instrument;
mod labels;
mod metric;
mod process;
mod samples;
mod span;
mod trace_sampler;
mod tracer;

pub use export_health::{ExportHealth, SignalHealth};
pub use export_queue::{ExportCounts, ExportQueue};
pub use instrument::{Counter, Histogram};
pub use labels::BoundedLabels;
pub use metric::{Kind, Metric, OTHER, Origin, Unit};
pub use process::{process_start, sample_process};
pub use samples::{Format, Sample, SampleValue, Sampler, Samples};
pub use span::{Attribute, AttributeValue, MAX_TEXT_CHARS, Span, SpanKind, SpanQueue, SpanStatus};
pub use trace_sampler::{TraceSampler, TraceSamplerError};
pub use tracer::{AttemptTrace, OpenSpan, Tracer};
