//! A call to a collector, whatever carries it.

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::{DecodeError, Message as _};
use std::time::Duration;

/// What is sent.
#[derive(Debug)]
pub(crate) enum Request {
    Traces(ExportTraceServiceRequest),
    Metrics(ExportMetricsServiceRequest),
    Logs(ExportLogsServiceRequest),
}

/// Why a collector did not take it.
#[derive(Debug)]
pub(crate) struct SendError {
    pub(crate) message: String,
    /// The same may be taken later.
    pub(crate) is_retryable: bool,
    /// What the collector asks for.
    pub(crate) retry_after: Option<Duration>,
}

/// Has a number of items that were rejected although the rest was taken.
pub(crate) trait Response {
    fn rejected(self) -> usize;
}

macro_rules! responses {
    ($($response:ty => $member:ident;)*) => {
        $(
            impl Response for $response {
                fn rejected(self) -> usize {
                    let partial = self.partial_success.unwrap_or_default();
                    usize::try_from(partial.$member).unwrap_or_default()
                }
            }
        )*
    };
}

responses! {
    ExportTraceServiceResponse => rejected_spans;
    ExportMetricsServiceResponse => rejected_data_points;
    ExportLogsServiceResponse => rejected_log_records;
}

impl Request {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Traces(message) => message.encode_to_vec(),
            Self::Metrics(message) => message.encode_to_vec(),
            Self::Logs(message) => message.encode_to_vec(),
        }
    }

    /// How many items were rejected, as the answer to this request says.
    pub(crate) fn rejected(&self, answer: &[u8]) -> Result<usize, DecodeError> {
        Ok(match self {
            Self::Traces(_) => ExportTraceServiceResponse::decode(answer)?.rejected(),
            Self::Metrics(_) => ExportMetricsServiceResponse::decode(answer)?.rejected(),
            Self::Logs(_) => ExportLogsServiceResponse::decode(answer)?.rejected(),
        })
    }
}

impl SendError {
    /// Nothing was answered.
    pub(crate) fn network(message: String) -> Self {
        Self {
            message,
            is_retryable: true,
            retry_after: None,
        }
    }
}
