//! Who uses a component.

use super::Store;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;

/// A step of a template version that may run a component.
#[derive(Debug, FromRow)]
pub struct UseRow {
    pub namespace: String,
    pub template: String,
    pub version: String,
    #[sqlx(try_from = "&'a str")]
    pub status: VersionStatus,
    pub step: String,
    /// As the template says: component, handler, requirement.
    pub handler: String,
}

/// A subscription that may deliver to a component.
#[derive(Debug, FromRow)]
pub struct SubscriberRow {
    pub namespace: String,
    pub subscription: String,
    /// Component, subscriber and requirement, as of a step.
    pub handler: String,
}

/// How many open tasks have a version of a component in their lock, or are of a version of a template.
#[derive(Debug, FromRow)]
pub struct OpenTasksRow {
    pub version: String,
    pub open_tasks: i64,
}

impl Store {
    /// Steps whose handler reads as one of this component, `limit` at most, by template and version;
    /// a few may turn out to be of a component that is called like this one's namespace.
    pub async fn steps_that_name(
        &self,
        namespace: &Name,
        component: &Name,
        limit: i64,
    ) -> Result<Vec<UseRow>, DatabaseError> {
        let rows = sqlx::query_as(USES)
            .bind(namespace.as_str())
            .bind(component.as_str())
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Subscriptions whose target reads as one of this component; a few may turn out to be of another. None that has
    /// ended.
    pub async fn subscribers_that_name(
        &self,
        namespace: &Name,
        component: &Name,
    ) -> Result<Vec<SubscriberRow>, DatabaseError> {
        let rows = sqlx::query_as(SUBSCRIBERS)
            .bind(namespace.as_str())
            .bind(component.as_str())
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// The namespaces that pin this component.
    pub async fn namespaces_that_pin(
        &self,
        component: &QualifiedName,
    ) -> Result<Vec<String>, DatabaseError> {
        let names = sqlx::query_scalar(
            "select n.name
             from tasker.namespace o
             join tasker.pin p on p.target = $1 || '/' || $2 or (p.namespace_id = o.namespace_id and p.target = $2)
             join tasker.namespace n on n.namespace_id = p.namespace_id
             where o.name = $1 and p.kind = 'component'",
        )
        .bind(component.namespace.as_str())
        .bind(component.name.as_str())
        .fetch_all(self.pool())
        .await?;
        Ok(names)
    }

    /// Open tasks by the versions of this component that their locks name; versions that none names
    /// are left out.
    pub async fn open_tasks_by_version(
        &self,
        namespace: &Name,
        component: &Name,
    ) -> Result<Vec<OpenTasksRow>, DatabaseError> {
        let rows = sqlx::query_as(OPEN_TASKS)
            .bind(namespace.as_str())
            .bind(component.as_str())
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Open tasks by the versions of this template that they are of; versions without any are left
    /// out.
    pub async fn open_tasks_by_template_version(
        &self,
        namespace: &Name,
        template: &Name,
    ) -> Result<Vec<OpenTasksRow>, DatabaseError> {
        let rows = sqlx::query_as(OPEN_TASKS_OF_TEMPLATE)
            .bind(namespace.as_str())
            .bind(template.as_str())
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

const SUBSCRIBERS: &str = "
    select n.name as namespace, s.name as subscription, substr(s.target, length('component:') + 1) as handler
    from tasker.subscription s
    join tasker.namespace n using (namespace_id)
    where s.kind = 'component' and s.state <> 'ended'
      and (starts_with(s.target, 'component:' || $1 || '/' || $2 || '/')
           or (n.name = $1 and starts_with(s.target, 'component:' || $2 || '/')))
    order by n.name, s.name";

const USES: &str = "
    select n.name as namespace, t.name as template, v.version, v.status::text as status,
           step ->> 'name' as step, step ->> 'handler' as handler
    from tasker.template_version v
    join tasker.template t using (template_id)
    join tasker.namespace n using (namespace_id)
    cross join lateral jsonb_array_elements(v.definition -> 'steps') as step
    where starts_with(step ->> 'handler', $1 || '/' || $2 || '/')
       or (n.name = $1 and starts_with(step ->> 'handler', $2 || '/'))
    order by n.name, t.name, v.template_version_id desc, step ->> 'name'
    limit $3";

const OPEN_TASKS: &str = "
    select v.version, count(distinct k.task_id) as open_tasks
    from tasker.namespace n
    join tasker.component c using (namespace_id)
    join tasker.component_version v using (component_id)
    join tasker.lock_entry e using (component_version_id)
    join tasker.task k on k.lock_id = e.lock_id and k.finished_at is null
    where n.name = $1 and c.name = $2
    group by v.version";

const OPEN_TASKS_OF_TEMPLATE: &str = "
    select v.version, count(*) as open_tasks
    from tasker.namespace n
    join tasker.template t using (namespace_id)
    join tasker.template_version v using (template_id)
    join tasker.task k using (template_version_id)
    where n.name = $1 and t.name = $2 and k.finished_at is null
    group by v.version";
