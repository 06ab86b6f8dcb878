//! What a request is refused with: one table from error to status and code.

mod field;

use super::auth_error::AuthError;
use super::bounds::MIN_BYTES_PER_S;
use super::key_error::KeyError;
use super::too_many::{Bounded, TooMany};
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::pin::PinChangeError;
use tasker_engine::secret::SecretError;
use tasker_registry::RegistryError;
use tasker_tasks::TasksError;
use tasker_wire::problem::{FieldError, Problem};

/// After how many seconds a host that could not serve a request may be asked again.
const TRY_AGAIN_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Why a request is refused; each variant has one status and code.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("there is nothing at {path}; the API begins with /v1 and /health")]
    UnknownRoute { path: String },
    #[error("{path} does not take {method}")]
    WrongMethod { method: String, path: String },
    #[error("{name}: {message}")]
    Parameter { name: String, message: String },
    #[error("the body is not what this request takes: {}", .0.message)]
    InvalidJson(FieldError),
    #[error("the body is not UTF-8 text: {message}")]
    NotText { message: String },
    #[error("the content type is `{given}`; send `{wanted}`")]
    MediaType { given: String, wanted: String },
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge { max_bytes: usize },
    #[error("the body did not arrive whole: {message}")]
    BodyBroken { message: String },
    #[error("request body timed out: the minimum is {MIN_BYTES_PER_S} bytes a second")]
    BodyTooSlow,
    #[error("the body is encoded as `{given}`; send it as it is")]
    BodyEncoded { given: String },
    #[error("{why}")]
    NotReady { why: String },
    #[error("server overloaded; try again later")]
    Overloaded,
    #[error(transparent)]
    TooMany(#[from] TooMany),
    #[error("the head of the request is not clear: {why}")]
    UnclearHead { why: &'static str },
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Tasks(#[from] TasksError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl ApiError {
    /// A parameter of the path, the query or the headers that cannot be used.
    pub fn parameter(name: &str, message: String) -> Self {
        Self::Parameter {
            name: name.to_owned(),
            message,
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::UnknownRoute { .. } => (StatusCode::NOT_FOUND, "unknown_route"),
            Self::WrongMethod { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Parameter { .. } => (StatusCode::BAD_REQUEST, "invalid_parameter"),
            Self::InvalidJson(_) => (StatusCode::BAD_REQUEST, "invalid_body"),
            Self::NotText { .. } => (StatusCode::BAD_REQUEST, "invalid_body"),
            Self::MediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::BodyBroken { .. } => (StatusCode::BAD_REQUEST, "incomplete_body"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
            Self::BodyEncoded { .. } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_content_encoding",
            ),
            Self::NotReady { .. } => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::TooMany(error) => (StatusCode::TOO_MANY_REQUESTS, error.what.code()),
            Self::UnclearHead { .. } => (StatusCode::BAD_REQUEST, "unclear_head"),
            Self::Auth(error) => of_auth(error),
            Self::Keys(error) => of_keys(error),
            Self::Registry(error) => of_registry(error),
            Self::Tasks(error) => of_tasks(error),
            Self::Database(error) => of_store(error),
        }
    }

    fn field_errors(&self) -> Vec<FieldError> {
        if let Self::InvalidJson(error) = self {
            vec![error.clone()]
        } else if let Self::Registry(
            RegistryError::Template(error) | RegistryError::CannotRun(error),
        ) = self
        {
            error.findings.iter().map(field::of_finding).collect()
        } else if let Self::Registry(RegistryError::PromisesTooMuch(broken)) = self {
            broken.beyond().map(field::of_change).collect()
        } else if let Self::Tasks(TasksError::Invalid(problems)) = self {
            problems.iter().map(field::of_input).collect()
        } else if let Self::Tasks(TasksError::UpgradeBreaks(components)) = self {
            let breaking = components.iter().flat_map(|it| &it.breaking);
            breaking.map(field::of_change).collect()
        } else {
            Vec::new()
        }
    }

    fn existing_task(&self) -> Option<TaskId> {
        let Self::Tasks(error) = self else {
            return None;
        };
        if let TasksError::KeyReused { task_id } | TasksError::Duplicate { task_id } = error {
            return Some(*task_id);
        }
        None
    }

    fn lowest_version(&self) -> Option<String> {
        match self {
            Self::Registry(RegistryError::PromisesTooMuch(broken)) => {
                Some(broken.lowest.to_string())
            }
            _ => None,
        }
    }

    fn store_error(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error)
            | Self::Tasks(TasksError::Database(error))
            | Self::Tasks(TasksError::Registry(RegistryError::Database(error)))
            | Self::Registry(RegistryError::Database(error))
            | Self::Registry(RegistryError::Secret(SecretError::Database(error))) => Some(error),
            _ => None,
        }
    }

    /// What the caller reads: nothing of the host's insides.
    fn detail(&self, status: StatusCode) -> String {
        match status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                "the host failed at this request; its log says more under the correlation id"
                    .to_owned()
            }
            StatusCode::SERVICE_UNAVAILABLE
                if !matches!(self, Self::NotReady { .. } | Self::Overloaded) =>
            {
                let outage = self.store_error().map(DatabaseError::outage);
                let outage = outage.unwrap_or("the database does not answer");
                format!("{outage}; try again")
            }
            _ => self.to_string(),
        }
    }
}

fn of_auth(error: &AuthError) -> (StatusCode, &'static str) {
    match error {
        AuthError::NoToken
        | AuthError::Unknown
        | AuthError::Expired { .. }
        | AuthError::InvalidToken
        | AuthError::TokenExpired
        | AuthError::Claims(_) => (StatusCode::UNAUTHORIZED, "unauthenticated"),
        AuthError::Forbidden { .. } | AuthError::TooWide { .. } => {
            (StatusCode::FORBIDDEN, "forbidden")
        }
    }
}

fn of_keys(error: &KeyError) -> (StatusCode, &'static str) {
    match error {
        KeyError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_key"),
        KeyError::NameTaken { .. } => (StatusCode::CONFLICT, "key_exists"),
        KeyError::TooMany => (StatusCode::CONFLICT, "too_many_keys"),
        KeyError::LastAdmin { .. } => (StatusCode::CONFLICT, "last_admin_key"),
        KeyError::Unknown { .. } => (StatusCode::NOT_FOUND, "unknown_key"),
        KeyError::Random(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// Understood, and not to be done.
const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn of_registry(error: &RegistryError) -> (StatusCode, &'static str) {
    match error {
        RegistryError::Database(error) => of_store(error),
        RegistryError::Version { .. } | RegistryError::BuildMetadata { .. } => {
            (StatusCode::BAD_REQUEST, "invalid_version")
        }
        RegistryError::Requirement(_) => (StatusCode::BAD_REQUEST, "invalid_requirement"),
        RegistryError::Component(_) => (REFUSED, "component_refused"),
        RegistryError::Sandbox(_) | RegistryError::Stored { .. } => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
        RegistryError::VersionExists { .. } => (StatusCode::CONFLICT, "version_exists"),
        RegistryError::PromisesTooMuch(_) => (REFUSED, "version_promises_too_much"),
        RegistryError::Template(_) => (REFUSED, "invalid_template"),
        RegistryError::CannotRun(_) => (REFUSED, "template_cannot_run"),
        RegistryError::TemplateAddress { .. } => (REFUSED, "template_address_differs"),
        RegistryError::UnlikelyNamespace { .. } | RegistryError::UnknownNamespace(_) => {
            (StatusCode::NOT_FOUND, "unknown_namespace")
        }
        RegistryError::Unknown { kind, .. } => (StatusCode::NOT_FOUND, kind.unknown_code()),
        RegistryError::UnknownVersion { .. } => (StatusCode::NOT_FOUND, "unknown_version"),
        RegistryError::UnknownPin { .. } | RegistryError::NothingToRamp { .. } => {
            (StatusCode::NOT_FOUND, "unknown_pin")
        }
        RegistryError::Kv(_) => (REFUSED, "invalid_kv"),
        RegistryError::KvFull { .. } => (REFUSED, "kv_full"),
        RegistryError::UnknownKv(_) => (StatusCode::NOT_FOUND, "unknown_kv"),
        RegistryError::Secret(error) => of_secret(error),
        RegistryError::SecretValue(_) => (REFUSED, "invalid_secret"),
        RegistryError::UnknownSecret { .. } => (StatusCode::NOT_FOUND, "unknown_secret"),
        RegistryError::PinMatchesNothing { .. } => (REFUSED, "pin_matches_nothing"),
        RegistryError::ForeignTemplatePin(_) => (REFUSED, "foreign_template_pin"),
        RegistryError::NotQuarantined { .. } => (StatusCode::CONFLICT, "not_quarantined"),
        RegistryError::Signature(_) => (StatusCode::BAD_REQUEST, "invalid_signature"),
        RegistryError::WrongSignature { .. } => (REFUSED, "wrong_signature"),
        RegistryError::Unsigned { .. } => (REFUSED, "unsigned"),
        RegistryError::UnknownSigningKey { .. } => (StatusCode::NOT_FOUND, "unknown_signing_key"),
        RegistryError::BytesRemoved(_) => (StatusCode::GONE, "bytes_removed"),
        RegistryError::Collecting => (StatusCode::CONFLICT, "collecting"),
        RegistryError::CollectAge(_) => (REFUSED, "collect_age"),
        RegistryError::PinChange { source, .. } => of_pin_change(source),
        RegistryError::Nul(_) => (REFUSED, "nul_character"),
        RegistryError::LongNumber(_) => (REFUSED, "long_number"),
        RegistryError::Capability(_) => (StatusCode::BAD_REQUEST, "invalid_capability"),
        RegistryError::NotGrantable(_) => (REFUSED, "not_grantable"),
        RegistryError::TooManyGrants(_) => (REFUSED, "too_many_grants"),
        RegistryError::TooManySecrets(_) => (REFUSED, "too_many_secrets"),
        RegistryError::UnknownGrant { .. } => (StatusCode::NOT_FOUND, "unknown_grant"),
        RegistryError::TooManyLimitRules(_) => (REFUSED, "too_many_limits"),
        RegistryError::NotShared { .. } => (StatusCode::FORBIDDEN, "not_shared"),
        RegistryError::TooManyShares(_) => (REFUSED, "too_many_shares"),
        RegistryError::UnknownShare { .. } => (StatusCode::NOT_FOUND, "unknown_share"),
        RegistryError::UnknownLimitRule { .. } => (StatusCode::NOT_FOUND, "unknown_limits"),
        RegistryError::NotWaiting { .. } => (StatusCode::CONFLICT, "not_waiting_for_approval"),
        RegistryError::UpgradeTarget { .. } | RegistryError::Unresolved(_) => {
            (REFUSED, "unresolved")
        }
        RegistryError::UnknownHandler { .. } => (REFUSED, "unknown_handler"),
    }
}

fn of_pin_change(error: &PinChangeError) -> (StatusCode, &'static str) {
    match error {
        PinChangeError::NoRamp => (StatusCode::CONFLICT, "no_ramp"),
        PinChangeError::Frozen { .. } => (StatusCode::CONFLICT, "ramp_is_frozen"),
        PinChangeError::NotFrozen(_) => (StatusCode::CONFLICT, "ramp_is_not_frozen"),
        PinChangeError::NothingBefore(_) => (StatusCode::CONFLICT, "nothing_to_roll_back"),
        PinChangeError::SameRequirement(_) | PinChangeError::SameVersion { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "ramp_goes_nowhere")
        }
        PinChangeError::Guard(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_guard"),
    }
}

fn of_tasks(error: &TasksError) -> (StatusCode, &'static str) {
    match error {
        TasksError::Database(error) => of_store(error),
        TasksError::Registry(error) => of_registry(error),
        TasksError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_submit"),
        TasksError::BatchSize(_) => (StatusCode::UNPROCESSABLE_ENTITY, "batch_size"),
        TasksError::KeyReused { .. } => (StatusCode::CONFLICT, "idempotency_key_reused"),
        TasksError::Duplicate { .. } => (StatusCode::CONFLICT, "duplicate_task"),
        TasksError::UnknownTask { .. } => (StatusCode::NOT_FOUND, "unknown_task"),
        TasksError::UnknownStep { .. } => (StatusCode::NOT_FOUND, "unknown_step"),
        TasksError::NoPayload { .. } => (StatusCode::NOT_FOUND, "no_payload"),
        TasksError::AlreadyFinal { .. } => (StatusCode::CONFLICT, "task_is_final"),
        TasksError::UpgradeBreaks(_) => (StatusCode::CONFLICT, "upgrade_breaks"),
        TasksError::UpgradeOfWhat | TasksError::UpgradeOfFinal(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid_upgrade")
        }
        TasksError::Reason => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_reason"),
        TasksError::NothingCreated | TasksError::StoredJson(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    }
}

fn of_secret(error: &SecretError) -> (StatusCode, &'static str) {
    match error {
        SecretError::Database(error) => of_store(error),
        SecretError::NoKeys
        | SecretError::KeyFile { .. }
        | SecretError::KeyFileOpen { .. }
        | SecretError::KeyFileText { .. }
        | SecretError::KeyMissing { .. } => (StatusCode::CONFLICT, "secret_keys_unusable"),
        SecretError::Changed { .. } | SecretError::Random(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    }
}

fn of_store(error: &DatabaseError) -> (StatusCode, &'static str) {
    match error.is_transient() {
        true => (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable"),
        false => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        if status.is_server_error() {
            tracing::error!(
                error = %ErrorChain(&self),
                code,
                "request refused"
            );
        }
        let body = Problem {
            r#type: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            code: code.into(),
            detail: self.detail(status),
            errors: self.field_errors(),
            task_id: self.existing_task(),
            lowest_version: self.lowest_version(),
        };
        let mut response = (status, axum::Json(body)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"tasker\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        let is_last = match &self {
            Self::UnclearHead { .. } => true,
            Self::TooMany(error) => error.what == Bounded::Connections,
            _ => false,
        };
        if is_last {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        let is_passing = [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        ];
        if is_passing.contains(&status) {
            response.headers_mut().insert(RETRY_AFTER, TRY_AGAIN_AFTER);
        }
        response
    }
}
