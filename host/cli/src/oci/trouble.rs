//! What a registry refuses, told as all errors are.

use super::place::Place;
use crate::{CliError, Exit, Problem};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use std::error::Error;

/// What it means for whoever asked.
pub fn told(place: &Place, error: &OciDistributionError) -> CliError {
    let (registry, cause) = (place.reference().registry(), cause(error));
    let problem = if is_missing(error) {
        let what = format!("there is no {place}");
        Problem::new(Exit::NotFound, "unknown_artifact", what)
            .help("check repository and tag; push one with: tasker oci push")
    } else if is_refused(error) {
        let what = format!("{registry} does not let you do this: {cause}");
        Problem::new(Exit::BadInput, "registry_refused", what)
            .help("log in with `docker login`, or give --username and --password-stdin")
    } else if is_unreachable(error) {
        let what = format!("no answer from {registry}: {cause}");
        Problem::new(Exit::Unreachable, "registry_unreachable", what)
            .help("does the registry run there? plain HTTP beyond this machine needs --insecure")
    } else {
        let what = format!("{registry} did not do it: {cause}");
        Problem::new(Exit::Failed, "registry_failed", what)
    };
    problem.into()
}

/// True where the registry has no such artifact.
pub fn is_missing(error: &OciDistributionError) -> bool {
    use OciDistributionError::{ImageManifestNotFoundError, ServerError};
    use OciErrorCode::{BlobUnknown, ManifestUnknown, NameUnknown, NotFound};
    match error {
        ImageManifestNotFoundError(_) | ServerError { code: 404, .. } => true,
        other => has_code(
            other,
            &[BlobUnknown, ManifestUnknown, NameUnknown, NotFound],
        ),
    }
}

fn is_refused(error: &OciDistributionError) -> bool {
    use OciDistributionError::{AuthenticationFailure, ServerError, UnauthorizedError};
    use OciErrorCode::{Denied, Unauthorized};
    match error {
        UnauthorizedError { .. } | AuthenticationFailure(_) => true,
        ServerError { code, .. } => matches!(code, 401 | 403),
        other => has_code(other, &[Denied, Unauthorized]),
    }
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
    let mut errors = envelope.errors.iter();
    errors.any(|error| codes.contains(&error.code))
}

/// The innermost reason, which says most.
fn cause(error: &OciDistributionError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
