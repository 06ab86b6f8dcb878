//! What attempts are held to: read again where their namespace has changed, and kept in memory until then.

use super::Engine;
use super::bounded_map::{BoundedMap, at_most};
use sqlx::FromRow;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tasker_database::DatabaseError;
use tasker_domain::attempt_rules::{AttemptRules, GrantRule, LimitRule};
use tasker_domain::recording_rule::RecordingRule;

/// Namespaces whose rules a host keeps in memory.
const MAX_NAMESPACES: NonZeroUsize = at_most(4_096);

/// Rules, and the revision of their namespace under which they were read.
pub type RevisedRules = (i64, Arc<AttemptRules>);

/// The rules that a host keeps in memory, by namespace.
#[derive(Debug)]
pub(crate) struct RulesCache(BoundedMap<String, RevisedRules>);

impl Default for RulesCache {
    fn default() -> Self {
        Self(BoundedMap::new(MAX_NAMESPACES))
    }
}

#[derive(Default, FromRow)]
struct RulesRow {
    revision: i64,
    #[sqlx(json)]
    grants: Vec<GrantRule>,
    #[sqlx(json)]
    limits: Vec<LimitRule>,
    #[sqlx(json)]
    recordings: Vec<RecordingRule>,
}

/// One statement, so that the rules are those of the revision.
const RULES: &str = "
    select n.revision,
           (select coalesce(json_agg(json_build_object('component', g.component, 'capability', g.capability)
                                     order by g.component <> '*', g.grant_id), '[]')
            from tasker.grant g where g.namespace_id = n.namespace_id) as grants,
           (select coalesce(json_agg(json_build_object('component', r.component, 'limits', r.limits)
                                     order by r.component), '[]')
            from tasker.limit_rule r where r.namespace_id = n.namespace_id) as limits,
           (select coalesce(json_agg(json_build_object('component', r.component, 'percent', r.percent,
                                                       'only_failures', r.only_failures)
                                     order by r.component), '[]')
            from tasker.recording_rule r where r.namespace_id = n.namespace_id) as recordings
    from tasker.namespace n
    where n.name = $1";

impl Engine {
    /// What attempts in tasks of the namespace are held to, as of this revision of it or of a later one,
    /// which is returned too. A change of another namespace has nothing read again.
    pub async fn attempt_rules(
        &self,
        namespace: &str,
        revision: i64,
    ) -> Result<RevisedRules, DatabaseError> {
        let kept = self.rules.0.get(namespace);
        // One that is higher is of commits that a failover has lost, unless the caller's is old by now.
        if let Some(rules) = kept.filter(|(known_at, _)| *known_at == revision) {
            return Ok(rules);
        }
        let row: Option<RulesRow> = sqlx::query_as(RULES)
            .bind(namespace)
            .fetch_optional(self.pool())
            .await?;
        let row = row.unwrap_or_default();
        let rules = AttemptRules {
            grants: row.grants,
            limits: row.limits,
            recordings: row.recordings,
        };
        let rules = (row.revision, Arc::new(rules));
        self.rules.0.keep(namespace.to_owned(), rules.clone());
        Ok(rules)
    }
}
