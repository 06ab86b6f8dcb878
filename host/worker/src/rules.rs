//! The current grants and limits of namespaces: read again when the registry's
//! generation has moved.

use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use tasker_database::DatabaseError;
use tasker_domain::grants::Grants;
use tasker_domain::limits::{LimitSource, Limits};
use tasker_domain::scope::Scope;
use tasker_engine::Engine;
use tasker_engine::rules::{GrantRule, LimitRule};

/// Namespaces whose rules a host keeps in memory.
const MAX_NAMESPACES: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// The rules of one namespace.
pub(super) struct Rules {
    /// Those to `*` first, so that what is granted to one component counts before it.
    grants: Vec<GrantRule>,
    limits: Vec<LimitRule>,
}

impl Rules {
    /// What a component has, named as the namespace names it.
    pub(super) fn grants(&self, component: &str) -> Grants {
        let own = self
            .grants
            .iter()
            .filter(|row| row.component.includes(component));
        Grants::of(own.map(|row| row.capability.clone()))
    }

    /// Lowers the limits to what the namespace sets for all that it runs, and for this component.
    pub(super) fn narrow(&self, limits: &mut Limits, component: &str) {
        for rule in &self.limits {
            match &rule.component {
                Scope::All => limits.narrow(&rule.limits, LimitSource::Namespace),
                Scope::One(one) if one.to_string() == component => {
                    limits.narrow(&rule.limits, LimitSource::Component);
                }
                Scope::One(_) => {}
            }
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let grants =
            |rules: &Self| -> Vec<i64> { rules.grants.iter().map(|row| row.grant_id).collect() };
        grants(self) == grants(other) && self.limits == other.limits
    }
}

/// Rules with the generation that they were read under.
type ReadRules = (i64, Arc<Rules>);

/// Rules by namespace.
pub(super) struct RulesCache(Mutex<LruCache<Arc<str>, ReadRules>>);

impl Default for RulesCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_NAMESPACES)))
    }
}

impl RulesCache {
    /// The rules of the namespace under this generation or a later one. The same value is returned
    /// for as long as they are the same.
    pub(super) async fn of(
        &self,
        engine: &Engine,
        namespace: &str,
        generation: i64,
    ) -> Result<Arc<Rules>, DatabaseError> {
        let kept = self.kept(namespace);
        if let Some((known_at, rules)) = &kept
            && *known_at >= generation
        {
            return Ok(rules.clone());
        }
        let read = Arc::new(read(engine, namespace).await?);
        let rules = match kept {
            Some((_, rules)) if rules.is_same(&read) => rules,
            Some(_) | None => read,
        };
        let mut all = self.0.lock().expect("no holder panics");
        all.put(namespace.into(), (generation, rules.clone()));
        Ok(rules)
    }

    fn kept(&self, namespace: &str) -> Option<ReadRules> {
        let mut all = self.0.lock().expect("no holder panics");
        all.get(namespace).cloned()
    }
}

async fn read(engine: &Engine, namespace: &str) -> Result<Rules, DatabaseError> {
    Ok(Rules {
        grants: engine.grant_rules(namespace).await?,
        limits: engine.limit_rules(namespace).await?,
    })
}
