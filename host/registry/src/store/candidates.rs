//! What resolution chooses from: versions, and what keeps new tasks from them.

use super::Store;
use serde_json::Value;
use sqlx::{FromRow, PgExecutor};
use tasker_database::DatabaseError;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::Ineligible;
use tasker_domain::signing_policy::SigningPolicy;

/// A template version that a task could take.
#[derive(Clone, Debug, FromRow)]
pub struct TemplateCandidate {
    pub namespace_id: i32,
    pub template_id: i32,
    pub template_version_id: i32,
    pub version: String,
    #[sqlx(try_from = "BarText")]
    pub bar: Option<Ineligible>,
}

/// A component version that a step could take. Without what inspection found: a component may have
/// thousands of versions, of which one is taken.
#[derive(Debug, FromRow)]
pub struct ComponentCandidate {
    pub component_version_id: i32,
    pub namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "BarText")]
    pub bar: Option<Ineligible>,
}

/// As the queries tell a bar: its name, or null.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
struct BarText(Option<String>);

/// A bar that this version of the host does not know.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no reason for which a version is barred")]
struct UnknownBar(String);

impl TryFrom<BarText> for Option<Ineligible> {
    type Error = UnknownBar;

    fn try_from(text: BarText) -> Result<Self, UnknownBar> {
        let bar = |name: String| Ineligible::named(&name).ok_or(UnknownBar(name));
        text.0.map(bar).transpose()
    }
}

impl Store {
    /// Every version of a template.
    pub async fn template_candidates(
        &self,
        template: &QualifiedName,
    ) -> Result<Vec<TemplateCandidate>, DatabaseError> {
        template_candidates(self.pool(), template).await
    }

    /// What a template version says, as publishing stored it.
    pub async fn template_definition(
        &self,
        template_version_id: i32,
    ) -> Result<Value, DatabaseError> {
        let definition = sqlx::query_scalar(
            "select definition from tasker.template_version where template_version_id = $1",
        )
        .bind(template_version_id)
        .fetch_one(self.pool())
        .await?;
        Ok(definition)
    }

    /// Every version of each of these components, each named once, held to this policy.
    pub async fn component_candidates(
        &self,
        components: &[QualifiedName],
        policy: &SigningPolicy,
    ) -> Result<Vec<ComponentCandidate>, DatabaseError> {
        component_candidates(self.pool(), components, policy).await
    }

    /// What inspection found of each of these component versions, by their ids.
    pub async fn descriptors(&self, versions: &[i32]) -> Result<Vec<(i32, Value)>, DatabaseError> {
        let rows = sqlx::query_as(
            "select component_version_id, descriptor from tasker.component_version
             where component_version_id = any ($1)",
        )
        .bind(versions)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }
}

/// Every version of a template.
pub(crate) async fn template_candidates(
    executor: impl PgExecutor<'_>,
    template: &QualifiedName,
) -> Result<Vec<TemplateCandidate>, DatabaseError> {
    let rows = sqlx::query_as(
        "select n.namespace_id, t.template_id, v.template_version_id, v.version,
                nullif(v.status::text, 'active') as bar
         from tasker.namespace n
         join tasker.template t using (namespace_id)
         join tasker.template_version v using (template_id)
         where n.name = $1 and t.name = $2",
    )
    .bind(template.namespace.as_str())
    .bind(template.name.as_str())
    .fetch_all(executor)
    .await?;
    Ok(rows)
}

/// Every version of each of these components, each named once; those that no key of the policy signed
/// are barred.
pub(crate) async fn component_candidates(
    executor: impl PgExecutor<'_>,
    components: &[QualifiedName],
    policy: &SigningPolicy,
) -> Result<Vec<ComponentCandidate>, DatabaseError> {
    let (namespaces, names) = columns(components);
    let rows = sqlx::query_as(
        "select v.component_version_id, n.name as namespace, c.name as component, v.version,
                case when v.collected_at is not null then 'collected'
                     when q.digest is not null then 'quarantined'
                     when v.status <> 'active' then v.status::text
                     when cardinality($3::bytea[]) > 0
                          and not exists (select from tasker.signature s
                                          where s.digest = v.digest and s.public_key = any ($3))
                     then 'unsigned' end as bar
         from unnest($1::text[], $2::text[]) as wanted (namespace, component)
         join tasker.namespace n on n.name = wanted.namespace
         join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.component
         join tasker.component_version v using (component_id)
         left join tasker.quarantine q using (digest)",
    )
    .bind(namespaces)
    .bind(names)
    .bind(key_bytes(policy))
    .fetch_all(executor)
    .await?;
    Ok(rows)
}

fn key_bytes(policy: &SigningPolicy) -> Vec<&[u8]> {
    let keys = policy.keys().iter();
    keys.map(|key| &key.as_bytes()[..]).collect()
}

/// Namespaces and names.
pub(crate) fn columns(components: &[QualifiedName]) -> (Vec<&str>, Vec<&str>) {
    let each = components.iter();
    each.map(|it| (it.namespace.as_str(), it.name.as_str()))
        .unzip()
}
