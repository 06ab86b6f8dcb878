//! Pins: what new tasks take; rollouts, and the history of a pin.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page, PageQuery};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use semver::Version;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tasker_domain::guard::Guard;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::Requirement;
use tasker_domain::rollout::Percent;

/// An existing pin.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Pin {
    pub namespace: String,
    pub kind: PinKind,
    /// `name`, or `other/name` of another namespace.
    pub target: String,
    pub requirement: Requirement,
    /// Which version that is now; `None` if nothing that new tasks may take satisfies it.
    pub version: Option<Version>,
    pub rollout: Option<Rollout>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// The entity tag of what is set, for `if-match`, without quotation marks.
    #[serde(default)]
    pub etag: String,
}

/// The way of a pin to another requirement. The audit log has it without what may change by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Rollout {
    /// Where to.
    pub requirement: Requirement,
    /// Which version that is now.
    pub version: Option<Version>,
    pub percent: Percent,
    pub state: RolloutState,
    /// Why its share may not grow, where it is paused.
    pub paused_because: Option<String>,
    /// Its guard looks at tasks that were created since.
    pub started_at: Option<DateTime<Utc>>,
    /// `None` if nothing watches it.
    pub guard: Option<Guard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RolloutState {
    Running,
    Paused,
}

/// What a pin is to say. Its text is parsed by the host, which can say more of it than a parser of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"requirement": "=1.0.0"})))]
pub struct NewPin {
    pub requirement: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// A step of a rollout.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"to": "1.1.0", "percent": 10})))]
pub struct NewRollout {
    /// Where to: a full version means exactly it, all else is a requirement.
    pub to: String,
    /// Checked by the host, as `to` is.
    pub percent: f64,
    /// Left out: the guard that it has, the usual one at first. Null: none.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub guard: Option<Option<Guard>>,
    /// Goes on though the rollout is paused, which it is no more then.
    #[serde(default)]
    pub force: bool,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// Distinguishes null from an absent member.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Guard>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// What the guard of a rollout compares: attempts that ended within its window, of an hour without a guard, and whose tasks
/// were created since the rollout began.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RolloutFigures {
    /// Attempts that ended earlier are not looked at.
    pub since: DateTime<Utc>,
    /// Of tasks that are on the rollout.
    pub rollout: SideFigures,
    /// Of the other tasks.
    pub base: SideFigures,
}

/// The attempts of one side of a rollout. Those that failed because of the host are not among them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SideFigures {
    pub attempts: u64,
    /// None without attempts, as all that follows.
    pub failed_percent: Option<f64>,
    /// That trapped or went over a limit; they have failed too.
    pub trapped_percent: Option<f64>,
    /// From the start of the instance to its end, at the 95th percentile.
    pub wall_ms: Option<f64>,
    /// On the processor, at the 95th percentile.
    pub cpu_ms: Option<f64>,
    /// The most that an attempt held, at the 95th percentile.
    pub memory_kib: Option<f64>,
}

/// One change of a pin.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PinChange {
    /// Of the audit; the higher, the newer.
    pub id: i64,
    pub at: DateTime<Utc>,
    /// An API key or account, or `host` for what its guard did.
    pub actor: String,
    pub action: String,
    pub reason: String,
    /// `from`, `to`, `rollout_from`, `rollout_to`; what a guard saw.
    #[serde(flatten)]
    pub detail: Map<String, Value>,
}

impl PinChange {
    /// The requirement before; `None` if there was no pin.
    pub fn from(&self) -> Option<Requirement> {
        self.read("from")
    }

    /// The requirement from then on; `None` if the pin was removed.
    pub fn to(&self) -> Option<Requirement> {
        self.read("to")
    }

    pub fn rollout_from(&self) -> Option<Rollout> {
        self.read("rollout_from")
    }

    pub fn rollout_to(&self) -> Option<Rollout> {
        self.read("rollout_to")
    }

    /// The change that this one took back.
    pub fn undid(&self) -> Option<i64> {
        self.read("undid")
    }

    fn read<T: DeserializeOwned>(&self, member: &str) -> Option<T> {
        serde_json::from_value(self.detail.get(member)?.clone()).ok()
    }
}

endpoint! {
    /// Lists pins by namespace, kind and target.
    GET "/v1/pins" ListPins {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "target";
    answers Page<Pin>;
}

// The target is `name` or `other~name`: a slash would end the segment.

endpoint! {
    /// Shows a pin.
    GET "/v1/namespaces/{namespace}/pins/{kind}/{target}"
    ShowPin { namespace: Name, kind: PinKind, target: String }
    needs Read in Path;
    answers Pin;
    refuses Malformed "invalid_requirement", NotFound "unknown_pin", Refused "foreign_template_pin";
}

endpoint! {
    /// Sets a pin; a rollout that it had ends.
    PUT "/v1/namespaces/{namespace}/pins/{kind}/{target}"
    SetPin { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    body Json<NewPin>;
    answers Pin;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        Forbidden "not_shared",
        NotFound "unknown_component",
        NotFound "unknown_template",
        Refused "foreign_template_pin",
        Refused "pin_matches_nothing",
        Unavailable "contention";
}

endpoint! {
    /// Removes a pin.
    DELETE "/v1/namespaces/{namespace}/pins/{kind}/{target}"
    RemovePin { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    query OnlyReason;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        NotFound "unknown_pin",
        Refused "foreign_template_pin",
        Unavailable "contention";
}

endpoint! {
    /// Begins a rollout, or takes a step of it.
    POST "/v1/namespaces/{namespace}/pins/{kind}/{target}/rollout"
    StartRollout { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    body Json<NewRollout>;
    answers Pin;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        Forbidden "not_shared",
        NotFound "unknown_component",
        NotFound "unknown_pin",
        NotFound "unknown_template",
        Conflict "rollout_is_paused",
        Refused "foreign_template_pin",
        Refused "invalid_guard",
        Refused "pin_matches_nothing",
        Refused "rollout_goes_nowhere",
        Unavailable "contention";
}

endpoint! {
    /// Pauses a rollout: its share stays. Refused where it is paused, so that the first reason stays.
    POST "/v1/namespaces/{namespace}/pins/{kind}/{target}/pause"
    PauseRollout { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    body Json<OnlyReason>;
    answers Pin;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        NotFound "unknown_pin",
        Conflict "no_rollout",
        Conflict "rollout_is_paused",
        Refused "foreign_template_pin",
        Unavailable "contention";
}

endpoint! {
    /// Resumes a rollout; its guard looks at what comes from then on.
    POST "/v1/namespaces/{namespace}/pins/{kind}/{target}/resume"
    ResumeRollout { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    body Json<OnlyReason>;
    answers Pin;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        NotFound "unknown_pin",
        Conflict "no_rollout",
        Conflict "rollout_is_not_paused",
        Refused "foreign_template_pin",
        Unavailable "contention";
}

endpoint! {
    /// Cancels the rollout of a pin or, without one, takes back its last change.
    POST "/v1/namespaces/{namespace}/pins/{kind}/{target}/rollback"
    RollBackPin { namespace: Name, kind: PinKind, target: String }
    needs Pin in Path;
    body Json<OnlyReason>;
    answers Pin;
    checks if_match;
    refuses
        Malformed "invalid_requirement",
        Forbidden "not_shared",
        NotFound "unknown_pin",
        Conflict "nothing_to_roll_back",
        Refused "foreign_template_pin",
        Refused "pin_matches_nothing",
        Unavailable "contention";
}

endpoint! {
    /// Shows what the guard of a rollout compares: both sides, within its window.
    GET "/v1/namespaces/{namespace}/pins/{kind}/{target}/figures"
    ShowRolloutFigures { namespace: Name, kind: PinKind, target: String }
    needs Read in Path;
    answers RolloutFigures;
    refuses
        Malformed "invalid_requirement",
        NotFound "unknown_pin",
        Conflict "no_rollout",
        Refused "foreign_template_pin";
}

endpoint! {
    /// Lists the changes of a pin, the newest first.
    GET "/v1/namespaces/{namespace}/pins/{kind}/{target}/history"
    ShowPinHistory { namespace: Name, kind: PinKind, target: String }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Descending by "at";
    answers Page<PinChange>;
    refuses
        Malformed "invalid_requirement",
        NotFound "unknown_pin",
        Refused "foreign_template_pin";
}
