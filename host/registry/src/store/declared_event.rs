//! The events that the components and templates of a namespace declare.

use super::{RowCount, Store};
use sqlx::{FromRow, SqlSafeStr};
use std::fmt;
use std::str::FromStr;
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::declared_event::DeclaredEvent;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;

/// An event of a component or template: their order, and the place in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EventPlace {
    pub event: String,
    /// `component` or `template`.
    pub kind: String,
    pub name: String,
}

/// An event as its newest active version declares it.
#[derive(Clone, Debug, FromRow)]
pub struct DeclaredEventRow {
    #[sqlx(flatten)]
    pub place: EventPlace,
    pub version: String,
    #[sqlx(json)]
    pub declared: DeclaredEvent,
}

impl fmt::Display for EventPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.event, self.kind, self.name)
    }
}

impl FromStr for EventPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('/').map(str::to_owned);
        let parts = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(event), Some(kind), Some(name), None) = parts else {
            return Err(());
        };
        Ok(Self { event, kind, name })
    }
}

/// The versions are few for each name, and only the newest is read.
const LIST: Listing = listing! {
    "select e.key as event, d.kind, d.name, d.version, e.value as declared
    from (
      select 'component' as kind, c.name, v.version, v.events
      from tasker.component c
      cross join lateral (
        select v.version, v.descriptor -> 'events' as events
        from tasker.component_version v
        where v.component_id = c.component_id and v.status = 'active'
        order by v.component_version_id desc limit 1
      ) v
      where c.namespace_id = (select n.namespace_id from tasker.namespace n where n.name = $1)
      union all
      select 'template', t.name, v.version, v.events
      from tasker.template t
      cross join lateral (
        select v.version, v.definition -> 'events' as events
        from tasker.template_version v
        where v.template_id = t.template_id and v.status = 'active'
        order by v.template_version_id desc limit 1
      ) v
      where t.namespace_id = (select n.namespace_id from tasker.namespace n where n.name = $1)
    ) d
    cross join lateral jsonb_each(coalesce(d.events, '{}')) e
    where $2::text is null or (e.key collate \"C\", d.kind, d.name collate \"C\") " > " ($2, $3, $4)
    order by e.key collate \"C\" " asc ", d.kind " asc ", d.name collate \"C\" " asc "
    limit $5"
};

impl Store {
    /// By event, then by who declares it.
    pub async fn declared_events(
        &self,
        namespace: &Name,
        seek: Seek<&EventPlace>,
    ) -> Result<Vec<DeclaredEventRow>, DatabaseError> {
        self.events_in(LIST.rows(seek.direction), namespace, seek)
            .await
    }

    /// How many events a namespace declares.
    pub async fn count_declared_events(&self, namespace: &Name) -> Result<RowCount, DatabaseError> {
        let rows = self.events_in(LIST.count(), namespace, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    async fn events_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespace: &Name,
        Seek { after, limit, .. }: Seek<&EventPlace>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(namespace.as_str())
            .bind(after.map(|after| after.event.as_str()))
            .bind(after.map(|after| after.kind.as_str()))
            .bind(after.map(|after| after.name.as_str()))
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}
