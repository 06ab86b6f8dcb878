//! Sends messages of any signal by either protocol.

use super::endpoint::{Endpoint, Protocol};
use super::error::OtlpError;
use super::grpc::GrpcSender;
use super::http::HttpSender;
use super::request::{Request, SendError};
use std::fs;

const USER_AGENT: &str = concat!("tasker/", env!("CARGO_PKG_VERSION"));

/// Sends to the collector of one signal.
pub(crate) enum Sender {
    Http(HttpSender),
    Grpc(GrpcSender),
}

impl Sender {
    /// To be called within a runtime. Nothing is sent yet.
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, OtlpError> {
        // Fails where there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authorities = endpoint.certificate.as_ref().map(fs::read).transpose();
        let authorities = authorities.map_err(OtlpError::Certificate)?;
        Ok(match endpoint.protocol {
            Protocol::Http => Self::Http(HttpSender::new(endpoint, authorities, USER_AGENT)?),
            Protocol::Grpc => Self::Grpc(GrpcSender::new(endpoint, authorities, USER_AGENT)?),
        })
    }

    /// Sends once; how many items were rejected.
    pub(crate) async fn send(&self, request: &Request) -> Result<usize, SendError> {
        match self {
            Self::Http(sender) => sender.send(request).await,
            Self::Grpc(sender) => sender.send(request).await,
        }
    }
}
