//! What a registry refuses, told as all errors are.

use super::place::Place;
use crate::{CliError, Exit, Problem};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use std::error::Error;

/// What it means for whoever asked.
pub fn told(place: &Place, error: &OciDistributionError) -> CliError {
    let registry = place.reference().registry();
    let problem = if is_missing(error) {
        Problem::new(
            Exit::NotFound,
            "unknown_artifact",
            format!("there is no {place}"),
        )
        .help("check repository and tag; push one with: tasker oci push")
    } else if is_refused(error) {
        let what = format!("{registry} does not let you do this: {}", cause(error));
        Problem::new(Exit::BadInput, "registry_refused", what)
            .help("log in with `docker login`, or give --username and --password-stdin")
    } else if is_unreachable(error) {
        let what = format!("no answer from {registry}: {}", cause(error));
        Problem::new(Exit::Unreachable, "registry_unreachable", what)
            .help("does the registry run there? plain HTTP beyond this machine needs --insecure")
    } else {
        let what = format!("{registry} did not do it: {}", cause(error));
        Problem::new(Exit::Failed, "registry_failed", what)
    };
    problem.into()
}

/// True where the registry has no such artifact.
pub fn is_missing(error: &OciDistributionError) -> bool {
    use OciErrorCode::{BlobUnknown, ManifestUnknown, NameUnknown, NotFound};
    matches!(error, OciDistributionError::ImageManifestNotFoundError(_))
        || matches!(error, OciDistributionError::ServerError { code: 404, .. })
        || has_code(
            error,
            &[BlobUnknown, ManifestUnknown, NameUnknown, NotFound],
        )
}

fn is_refused(error: &OciDistributionError) -> bool {
    use OciErrorCode::{Denied, Unauthorized};
    matches!(
        error,
        OciDistributionError::UnauthorizedError { .. }
            | OciDistributionError::AuthenticationFailure(_)
            | OciDistributionError::ServerError {
                code: 401 | 403,
                ..
            }
    ) || has_code(error, &[Denied, Unauthorized])
}

fn is_unreachable(error: &OciDistributionError) -> bool {
    let OciDistributionError::RequestError(error) = error else {
        return false;
    };
    error.is_connect() || error.is_timeout()
}

fn has_code(error: &OciDistributionError, codes: &[OciErrorCode]) -> bool {
    let OciDistributionError::RegistryError { envelope, .. } = error else {
        return false;
    };
    envelope
        .errors
        .iter()
        .any(|error| codes.contains(&error.code))
}

/// The innermost reason, which says most.
fn cause(error: &OciDistributionError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
