//! Why the registry refuses something.

mod subscription;
mod words;

pub use subscription::SubscriptionRefused;
pub(crate) use words::lines;

use super::kv_place::KvPlace;
use super::release::Release;
use super::semver_violation::SemverViolation;
use crate::store::change_error::ChangeError;
use crate::store::secret::MAX_SECRETS;
use crate::store::share::MAX_SHARES;
use semver::Version;
use std::fmt;
use std::time::Duration;
use tasker_compat::CompatChange;
use tasker_database::DatabaseError;
use tasker_domain::bounds::{
    MAX_COLLECT_AGE, MAX_GRANTS, MAX_KEEP, MAX_LIMIT_RULES, MAX_NUMBER_DIGITS, MAX_RECORDING_RULES,
};
use tasker_domain::capability::{Capability, CapabilityError};
use tasker_domain::digest::Digest;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::kv::KvError;
use tasker_domain::name::Name;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::pin::PinChangeError;
use tasker_domain::pin::PinKind;
use tasker_domain::precondition::PreconditionFailed;
use tasker_domain::requirement::{QualifiedName, Requirement, RequirementError};
use tasker_domain::resolve::{Existing, ResolveError, Unmet};
use tasker_domain::scope::Scope;
use tasker_domain::secret::SecretValueError;
use tasker_domain::share::UnsharedUse;
use tasker_domain::signature::{KeyId, SignatureError};
use tasker_domain::template::{Finding, TemplateError};
use tasker_engine::secret::SecretError;
use tasker_sandbox::{Refusal, SandboxError};
use words::{not_shared, set_first, way_out};

/// Why the registry refuses something.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "`{text}` is not a version: {source}; write major.minor.patch, such as `1.4.0` or `2.0.0-rc.1`"
    )]
    Version { text: String, source: semver::Error },
    #[error("version {version} has build metadata, which does not distinguish versions; leave out `+{}`", version.build)]
    BuildMetadata { version: Version },
    #[error("the component is refused: {}", .0.chain())]
    Component(Refusal),
    #[error("the component could not be inspected: {0}")]
    Sandbox(#[source] SandboxError),
    #[error(
        "{release} exists with other content (sha256 {existing}; this one has {given}); bump the version"
    )]
    VersionExists {
        release: Box<Release>,
        existing: Digest,
        given: Digest,
    },
    #[error(
        "{} allows a {} change since {}, but this is a {} one: publish it as {}",
        .0.release, .0.allowed, .0.compat_report.against, .0.compat_report.level, .0.lowest
    )]
    SemverViolation(Box<SemverViolation>),
    #[error("the template cannot be used: {0}")]
    Template(#[from] TemplateError),
    #[error("no task of this template could run: {0}")]
    CannotRun(TemplateError),
    #[error(
        "the template has {field} `{written}`, but is published under `{addressed}`; make them equal"
    )]
    TemplateAddress {
        field: &'static str,
        written: String,
        addressed: String,
    },
    #[error("there is no namespace {0}; list them with: tasker registry tree")]
    UnknownNamespace(Name),
    #[error(
        "there is no namespace {given}; did you mean `{meant}`? If {given} is to be a new one: tasker namespace create {given}"
    )]
    UnlikelyNamespace { given: Name, meant: String },
    #[error("there is no {kind} {target}; publish one or correct the name")]
    Unknown {
        kind: PinKind,
        target: QualifiedName,
    },
    #[error("there is no {release}; there are {existing}")]
    UnknownVersion {
        release: Box<Release>,
        existing: Existing,
    },
    #[error(
        "{kind} {target} has {existing}; none {}",
        way_out(*kind, target, requirement, existing)
    )]
    PinMatchesNothing {
        kind: PinKind,
        target: QualifiedName,
        requirement: Box<Requirement>,
        existing: Existing,
    },
    #[error("a namespace uses only its own templates; pin `{0}` in its own namespace")]
    ForeignTemplatePin(QualifiedName),
    #[error(
        "there is no pin for {kind} `{target}` in namespace {namespace}; list them with: \
         tasker pin ls {namespace}"
    )]
    UnknownPin {
        namespace: Name,
        kind: PinKind,
        target: String,
    },
    #[error(
        "there is no pin for {kind} {target} in namespace {namespace}, and a rollout needs one; pin the current version first: {}",
        set_first(namespace, *kind, target, now.as_ref())
    )]
    NothingToRollout {
        namespace: Name,
        kind: PinKind,
        target: QualifiedName,
        /// What new tasks take, if they can.
        now: Option<Version>,
    },
    #[error("the pin of {pin} in namespace {namespace} stays as it is: {source}")]
    PinChange {
        namespace: Name,
        /// Such as `component charge`.
        pin: String,
        source: Box<PinChangeError>,
    },
    #[error(transparent)]
    Precondition(#[from] PreconditionFailed),
    #[error(transparent)]
    Kv(#[from] KvError),
    #[error(
        "namespace {namespace} has reached its limit of kv entries; remove some with: tasker kv rm"
    )]
    KvFull { namespace: Name },
    #[error("bucket {}/{} has no key `{}`; list them with: tasker kv ls {}/{}", .0.namespace, .0.bucket, .0.key.escape_debug(), .0.namespace, .0.bucket)]
    UnknownKv(KvPlace),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(
        "namespace {0} has {MAX_SECRETS} secrets, which is the limit; remove some with: tasker secret rm"
    )]
    TooManySecrets(Name),
    #[error(transparent)]
    SecretValue(#[from] SecretValueError),
    #[error("there is no secret {namespace}/{name}; list them with: tasker secret ls")]
    UnknownSecret { namespace: Name, name: Name },
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    #[error(
        "{} has {}; none satisfies both the requested {to} and {} at step `{}`; ask for another{}",
        .unmet.target, .unmet.existing, .unmet.requirement, .unmet.step, .unmet.existing.remedy()
    )]
    MigrationTarget { to: Requirement, unmet: Box<Unmet> },
    #[error("{}", lines(.0))]
    Unresolved(Vec<ResolveError>),
    #[error(
        "step `{step}` runs handler `{handler}`, which {release} does not have; it has {}",
        .existing.join(", ")
    )]
    UnknownHandler {
        step: Name,
        handler: Name,
        release: Box<Release>,
        existing: Vec<String>,
    },
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(
        "the signature by key {key} is not a signature of these bytes (sha256 {digest}); sign the bytes that you upload"
    )]
    WrongSignature { key: KeyId, digest: Digest },
    #[error(
        "{release} is not signed by a key that namespace {} accepts: {}; sign it with one of them: tasker component publish --sign KEY",
        .release.target.namespace, .keys.join(", ")
    )]
    Unsigned {
        release: Box<Release>,
        /// Names and ids.
        keys: Vec<String>,
    },
    #[error(
        "namespace {namespace} has no signing key {key}; list them with: tasker signing-policy ls {namespace}"
    )]
    UnknownSigningKey { namespace: Name, key: KeyId },
    #[error(
        "the bytes of {0} were collected because nothing referenced them; publish the same bytes again to restore them"
    )]
    BytesRemoved(Box<Release>),
    #[error("another host is running a collection, or the registry keeps changing; try again")]
    Collecting,
    #[error(
        "others kept changing what this change is decided by, so nothing was changed; try again"
    )]
    Contention,
    #[error("{} is longer than a collection accepts: use at most {} days", .0.as_secs(), MAX_COLLECT_AGE.as_secs() / 86_400)]
    CollectAge(Duration),
    #[error(transparent)]
    Capability(#[from] CapabilityError),
    #[error(
        "`{0}` is incomplete: name a destination or a value, such as `http api.example.com` or `env LEVEL=info`"
    )]
    NotGrantable(Capability),
    #[error("namespace {0} has {MAX_GRANTS} grants already; remove some, or grant to `*`")]
    TooManyGrants(Name),
    #[error("{}", not_shared(.namespace, .uses))]
    NotShared {
        namespace: Name,
        /// At least one.
        uses: Vec<UnsharedUse>,
    },
    #[error("namespace {0} has {MAX_SHARES} shares already; remove some, or share `*`")]
    TooManyShares(Name),
    #[error(
        "{namespace} does not share `{component}` with `{shared_with}`; list its shares with: tasker share ls {namespace}"
    )]
    UnknownShare {
        namespace: Name,
        component: Scope,
        shared_with: NamespaceScope,
    },
    #[error(transparent)]
    Subscription(#[from] SubscriptionRefused),
    #[error("there is no grant {grant_id} in namespace {namespace}")]
    UnknownGrant { namespace: Name, grant_id: i64 },
    #[error(
        "namespace {0} has {MAX_LIMIT_RULES} rules on limits already; remove some, or limit all components by `*`"
    )]
    TooManyLimitRules(Name),
    #[error(
        "namespace {namespace} sets no limits for `{component}`; list them with: tasker limit ls {namespace}"
    )]
    UnknownLimitRule { namespace: Name, component: Scope },
    #[error(
        "namespace {0} has {MAX_RECORDING_RULES} rules on recordings already; remove some, or record all components by `*`"
    )]
    TooManyRecordingRules(Name),
    #[error(
        "namespace {namespace} has no rule on recordings of `{component}`; list them with: tasker record ls {namespace}"
    )]
    UnknownRecordingRule { namespace: Name, component: Scope },
    #[error(
        "`{0}` has to be from 1 minute to {max} days; leave it out to keep such tasks for ever",
        max = MAX_KEEP.as_secs() / 86_400
    )]
    RetentionTime(&'static str),
    #[error("{0}")]
    RetentionRule(&'static str),
    #[error("{0} has no retention of its own; list all with: tasker retention ls")]
    UnknownRetention(NamespaceScope),
    #[error("{release} does not wait for approval: it is {status}")]
    NotWaiting {
        release: Box<Release>,
        status: &'static str,
    },
    #[error("{release} is not in quarantine; list what is: tasker component quarantined")]
    NotQuarantined { release: Box<Release> },
    #[error("a text in {0} has a NUL character, which cannot be stored; leave it out")]
    Nul(&'static str),
    #[error(
        "a number in {0} has more than {MAX_NUMBER_DIGITS} digits, written out; send it as a string"
    )]
    LongNumber(&'static str),
    #[error("{what} is stored in a form that cannot be read: {reason}")]
    Stored { what: String, reason: String },
}

use ErrorClass::{Conflict, Forbidden, Gone, Malformed, NotFound, Refused, Unavailable};

impl Report for RegistryError {
    fn report(&self) -> ErrorReport {
        let (class, code) = match self {
            Self::Database(error) => return error.report(),
            Self::Precondition(failed) => return failed.report(),
            Self::Version { .. } | Self::BuildMetadata { .. } => (Malformed, "invalid_version"),
            Self::Requirement(_) => (Malformed, "invalid_requirement"),
            Self::Component(_) => (Refused, "component_refused"),
            Self::Sandbox(_) | Self::Stored { .. } => return ErrorReport::internal(),
            Self::VersionExists { .. } => (Conflict, "version_exists"),
            Self::SemverViolation(_) => (Refused, "semver_violation"),
            Self::Template(_) => (Refused, "invalid_template"),
            Self::CannotRun(_) => (Refused, "template_cannot_run"),
            Self::TemplateAddress { .. } => (Refused, "template_address_differs"),
            Self::UnlikelyNamespace { .. } | Self::UnknownNamespace(_) => {
                (NotFound, "unknown_namespace")
            }
            Self::Unknown { kind, .. } => match kind {
                PinKind::Component => (NotFound, "unknown_component"),
                PinKind::Template => (NotFound, "unknown_template"),
            },
            Self::UnknownVersion { .. } => (NotFound, "unknown_version"),
            Self::UnknownPin { .. } | Self::NothingToRollout { .. } => (NotFound, "unknown_pin"),
            Self::Kv(_) => (Refused, "invalid_kv"),
            Self::KvFull { .. } => (Refused, "kv_full"),
            Self::UnknownKv(_) => (NotFound, "unknown_kv"),
            Self::Secret(error) => return error.report(),
            Self::SecretValue(_) => (Refused, "invalid_secret"),
            Self::UnknownSecret { .. } => (NotFound, "unknown_secret"),
            Self::PinMatchesNothing { .. } => (Refused, "pin_matches_nothing"),
            Self::ForeignTemplatePin(_) => (Refused, "foreign_template_pin"),
            Self::NotQuarantined { .. } => (Conflict, "not_quarantined"),
            Self::Signature(_) => (Malformed, "invalid_signature"),
            Self::WrongSignature { .. } => (Refused, "wrong_signature"),
            Self::Unsigned { .. } => (Refused, "unsigned"),
            Self::UnknownSigningKey { .. } => (NotFound, "unknown_signing_key"),
            Self::BytesRemoved(_) => (Gone, "bytes_removed"),
            Self::Collecting => (Conflict, "collecting"),
            Self::Contention => (Unavailable, "contention"),
            Self::CollectAge(_) => (Refused, "collect_age"),
            Self::PinChange { source, .. } => return source.report(),
            Self::Nul(_) => (Refused, "nul_character"),
            Self::LongNumber(_) => (Refused, "long_number"),
            Self::Capability(_) => (Malformed, "invalid_capability"),
            Self::NotGrantable(_) => (Refused, "not_grantable"),
            Self::TooManyGrants(_) => (Refused, "too_many_grants"),
            Self::TooManySecrets(_) => (Refused, "too_many_secrets"),
            Self::UnknownGrant { .. } => (NotFound, "unknown_grant"),
            Self::TooManyLimitRules(_) => (Refused, "too_many_limits"),
            Self::NotShared { .. } => (Forbidden, "not_shared"),
            Self::TooManyShares(_) => (Refused, "too_many_shares"),
            Self::Subscription(refused) => return refused.report(),
            Self::UnknownShare { .. } => (NotFound, "unknown_share"),
            Self::TooManyRecordingRules(_) => (Refused, "too_many_recording_rules"),
            Self::UnknownRecordingRule { .. } => (NotFound, "unknown_recording_rule"),
            Self::UnknownLimitRule { .. } => (NotFound, "unknown_limits"),
            Self::RetentionTime(_) | Self::RetentionRule(_) => (Refused, "invalid_retention"),
            Self::UnknownRetention(_) => (NotFound, "unknown_retention"),
            Self::NotWaiting { .. } => (Conflict, "not_waiting_for_approval"),
            Self::MigrationTarget { .. } | Self::Unresolved(_) => (Refused, "unresolved"),
            Self::UnknownHandler { .. } => (Refused, "unknown_handler"),
        };
        self.detailed(ErrorReport::new(class, code))
    }
}

impl RegistryError {
    /// The report with the places that are wrong.
    fn detailed(&self, report: ErrorReport) -> ErrorReport {
        match self {
            Self::Template(error) | Self::CannotRun(error) => {
                report.fields(error.findings.iter().map(Finding::field_error))
            }
            Self::SemverViolation(violation) => ErrorReport {
                lowest_version: Some(violation.lowest.to_string()),
                ..report.fields(violation.disallowed().map(CompatChange::field_error))
            },
            _ => report,
        }
    }

    /// What is stored and cannot be read.
    pub fn stored(what: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::Stored {
            what: what.into(),
            reason: reason.to_string(),
        }
    }

    /// True if nothing is wrong with what was asked for.
    pub fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Database(_) | Self::Sandbox(_) | Self::Stored { .. } | Self::Contention
        )
    }
}

impl From<ChangeError> for RegistryError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Database(error) => Self::Database(error),
            ChangeError::Precondition(failed) => Self::Precondition(failed),
        }
    }
}

impl From<SandboxError> for RegistryError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Refused(refusal) => Self::Component(refusal),
            SandboxError::Engine(_)
            | SandboxError::CacheDir { .. }
            | SandboxError::Load(_)
            | SandboxError::WrongBytes { .. }
            | SandboxError::Threads(_)
            | SandboxError::Compiler(_) => Self::Sandbox(error),
        }
    }
}
