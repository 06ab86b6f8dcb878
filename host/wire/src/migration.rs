//! Migrations: open tasks take other versions of what they run.

use crate::endpoint::{Json, endpoint};
use semver::Version;
use serde::{Deserialize, Serialize};
use tasker_domain::compatibility::{CompatChange, Level};
use tasker_domain::migration::MigrationCursor;
use tasker_domain::name::Name;
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::state::TaskState;

/// Which open tasks move, and where to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"component": "charge", "to": "1.1.0", "dry_run": true})))]
pub struct NewMigration {
    /// Only tasks of these versions of the template.
    pub version: Option<Requirement>,
    /// Only tasks in this state, `pending` or `in_progress`.
    pub state: Option<TaskState>,
    /// Only this component, `name` or `namespace/name`; all that the tasks run unless it is given.
    pub component: Option<ComponentRef>,
    /// Where to, instead of what pins say; with `component` only.
    pub to: Option<Requirement>,
    /// Shows what would change, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Also where what worked may not work any more.
    #[serde(default)]
    pub force: bool,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
    /// The most open tasks that this request looks at, from 1 to 10,000.
    pub limit: Option<u32>,
    /// Where to go on: the `next` of the answer before.
    pub after: Option<MigrationCursor>,
}

/// What a request of a migration changed, or would change. One that is not the last has `next`; what all
/// of them answer is added up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Migration {
    pub dry_run: bool,
    /// Open tasks of the template that were looked at before any moves.
    pub looked_at: usize,
    /// Open tasks that were asked for.
    pub matched: usize,
    /// Those of them that moved, or would.
    pub tasks: usize,
    pub components: Vec<MigratedComponent>,
    /// Send the same with this as `after`; none: it is done.
    pub next: Option<MigrationCursor>,
}

/// A component that takes another version in some tasks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MigratedComponent {
    pub namespace: Name,
    pub component: Name,
    pub from: Version,
    pub to: Version,
    pub tasks: usize,
    /// Steps that begin on the new version; what runs ends on the old one.
    pub steps: usize,
    pub level: Level,
    /// What may not work any more; with such, it has to be forced.
    pub breaking: Vec<CompatChange>,
}

endpoint! {
    /// Moves open tasks of a template, as many as one request may.
    POST "/v1/namespaces/{namespace}/templates/{name}/migrations"
    MigrateTasks { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<NewMigration>;
    answers Migration;
    refuses
        Forbidden "not_shared",
        NotFound "unknown_component",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Conflict "migration_breaks",
        Refused "invalid_migration",
        Refused "invalid_reason",
        Refused "unresolved",
        Unavailable "contention";
}
