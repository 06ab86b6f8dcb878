//! What definitions are called, for readers of the feed. Definitions never change, so that a host asks once.

use super::Engine;
use super::bounded_map::{BoundedMap, at_most};
use sqlx::FromRow;
use std::collections::BTreeSet;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tasker_database::DatabaseError;

/// Names of each kind that a host keeps in memory.
const MAX_NAMES: NonZeroUsize = at_most(16_384);

/// A template version.
#[derive(Debug, FromRow)]
pub(crate) struct TemplateNames {
    id: i32,
    pub(crate) namespace: String,
    pub(crate) template: String,
    pub(crate) version: String,
}

/// A step of a template version.
#[derive(Debug, FromRow)]
struct StepName {
    of: i32,
    step_no: i16,
    name: String,
}

/// What a lock says of a step.
#[derive(Debug, FromRow)]
pub(crate) struct LockedHandler {
    of: i32,
    step_no: i16,
    pub(crate) handler: String,
    component_version_id: i32,
}

/// A component version.
#[derive(Debug, FromRow)]
pub(crate) struct ComponentNames {
    id: i32,
    /// With its namespace, as `orders/charge`.
    pub(crate) component: String,
    pub(crate) version: String,
    pub(crate) digest: Vec<u8>,
}

/// The numbers by which a row of the log names what it is of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedBy {
    pub(crate) template_version_id: i32,
    pub(crate) lock_id: Option<i32>,
    pub(crate) step_no: Option<i16>,
    /// What ran.
    pub(crate) component_version_id: Option<i32>,
}

/// What these numbers stand for.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) template: Option<Arc<TemplateNames>>,
    pub(crate) step: Option<Arc<str>>,
    pub(crate) handler: Option<Arc<LockedHandler>>,
    pub(crate) component: Option<Arc<ComponentNames>>,
}

/// The names that this host has asked for.
#[derive(Debug)]
pub(crate) struct FeedNames {
    templates: BoundedMap<i32, Arc<TemplateNames>>,
    steps: BoundedMap<(i32, i16), Arc<str>>,
    handlers: BoundedMap<(i32, i16), Arc<LockedHandler>>,
    components: BoundedMap<i32, Arc<ComponentNames>>,
}

impl Default for FeedNames {
    fn default() -> Self {
        Self {
            templates: BoundedMap::new(MAX_NAMES),
            steps: BoundedMap::new(MAX_NAMES),
            handlers: BoundedMap::new(MAX_NAMES),
            components: BoundedMap::new(MAX_NAMES),
        }
    }
}

const TEMPLATES: &str = "
    select tv.template_version_id as id, n.name as namespace, t.name as template, tv.version
    from unnest($1::int[]) as i (id)
    join tasker.template_version tv on tv.template_version_id = i.id
    join tasker.template t on t.template_id = tv.template_id
    join tasker.namespace n on n.namespace_id = t.namespace_id";

const STEPS: &str = "
    select st.template_version_id as of, st.step_no, st.name
    from unnest($1::int[], $2::smallint[]) as i (of, step_no)
    join tasker.step_template st on st.template_version_id = i.of and st.step_no = i.step_no";

const HANDLERS: &str = "
    select e.lock_id as of, e.step_no, e.handler, e.component_version_id
    from unnest($1::int[], $2::smallint[]) as i (of, step_no)
    join tasker.lock_entry e on e.lock_id = i.of and e.step_no = i.step_no";

const COMPONENTS: &str = "
    select cv.component_version_id as id, n.name || '/' || c.name as component, cv.version, cv.digest
    from unnest($1::int[]) as i (id)
    join tasker.component_version cv on cv.component_version_id = i.id
    join tasker.component c on c.component_id = cv.component_id
    join tasker.namespace n on n.namespace_id = c.namespace_id";

impl NamedBy {
    fn step(self) -> Option<(i32, i16)> {
        Some((self.template_version_id, self.step_no?))
    }

    fn locked(self) -> Option<(i32, i16)> {
        Some((self.lock_id?, self.step_no?))
    }
}

impl Engine {
    /// The names of what each of the rows is of, in the same order. Asks for what this host does not know yet: at most
    /// four statements, and mostly none.
    pub(crate) async fn feed_names(
        &self,
        rows: &[Option<NamedBy>],
    ) -> Result<Vec<Named>, DatabaseError> {
        let names = &self.feed_names;
        let named = || rows.iter().flatten().copied();
        let ids = unknown(named().map(|by| by.template_version_id), &names.templates);
        for found in self.named::<TemplateNames>(TEMPLATES, ids).await? {
            names.templates.keep(found.id, Arc::new(found));
        }
        let keys = unknown(named().filter_map(NamedBy::step), &names.steps);
        for found in self.named_steps::<StepName>(STEPS, keys).await? {
            let key = (found.of, found.step_no);
            names.steps.keep(key, found.name.into());
        }
        let keys = unknown(named().filter_map(NamedBy::locked), &names.handlers);
        for found in self.named_steps::<LockedHandler>(HANDLERS, keys).await? {
            let key = (found.of, found.step_no);
            names.handlers.keep(key, Arc::new(found));
        }
        let mut all: Vec<Named> = Vec::with_capacity(rows.len());
        let mut components = Vec::with_capacity(rows.len());
        for by in rows {
            let named = by.map(|by| self.without_component(by)).unwrap_or_default();
            let ran = by.and_then(|by| by.component_version_id);
            let locked = named.handler.as_ref().map(|it| it.component_version_id);
            components.push(ran.or(locked));
            all.push(named);
        }
        let ids = unknown(components.iter().flatten().copied(), &names.components);
        for found in self.named::<ComponentNames>(COMPONENTS, ids).await? {
            names.components.keep(found.id, Arc::new(found));
        }
        for (named, component) in all.iter_mut().zip(components) {
            named.component = component.and_then(|id| names.components.get(&id));
        }
        Ok(all)
    }

    fn without_component(&self, by: NamedBy) -> Named {
        let names = &self.feed_names;
        Named {
            template: names.templates.get(&by.template_version_id),
            step: by.step().and_then(|key| names.steps.get(&key)),
            handler: by.locked().and_then(|key| names.handlers.get(&key)),
            component: None,
        }
    }

    async fn named<R>(
        &self,
        statement: &'static str,
        ids: Vec<i32>,
    ) -> Result<Vec<R>, DatabaseError>
    where
        R: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = sqlx::query_as(statement).bind(ids);
        Ok(found.fetch_all(self.pool()).await?)
    }

    async fn named_steps<R>(
        &self,
        statement: &'static str,
        keys: Vec<(i32, i16)>,
    ) -> Result<Vec<R>, DatabaseError>
    where
        R: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (of, step_no): (Vec<i32>, Vec<i16>) = keys.into_iter().unzip();
        let found = sqlx::query_as(statement).bind(of).bind(step_no);
        Ok(found.fetch_all(self.pool()).await?)
    }
}

/// Each of these once, as far as nothing is known of it.
fn unknown<K: Copy + Ord + Hash, V: Clone>(
    keys: impl Iterator<Item = K>,
    known: &BoundedMap<K, V>,
) -> Vec<K> {
    let asked: BTreeSet<K> = keys.collect();
    let unknown = asked.into_iter().filter(|key| known.get(key).is_none());
    unknown.collect()
}
