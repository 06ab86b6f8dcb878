//! Namespaces by name; components and templates: those of namespaces, some by name, and their versions.

use super::keys::{Key, Read, load_each, page, value};
use super::registry::{VersionKey, component_versions_of, items, template_versions_of};
use crate::error::ApiError;
use crate::graphql::caller::Caller;
use crate::rest::definitions::summary;
use crate::rest::namespaces;
use semver::Version;
use serde_json::Value as Json;
use std::collections::HashMap;
use tasker_domain::permission::Action;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_graphql::host::Found;
use tasker_registry::listed::ListedFamily;
use tasker_registry::store::catalog::FamiliesOf;
use tasker_registry::version_page::VersionsOf;
use tasker_wire::definition::{OfComponents, OfTemplates};

/// What the key names, which the caller has to be allowed to read.
fn family(caller: &Caller, key: &Key<'_>) -> Read<QualifiedName> {
    let namespace = key.text("namespace").and_then(|it| it.parse().ok());
    let name = key.text("name").and_then(|it| it.parse().ok());
    let Some((namespace, name)) = namespace.zip(name) else {
        return Ok(None);
    };
    let target = QualifiedName { namespace, name };
    caller
        .asker
        .access
        .require(Action::Read, target.namespace.as_str())?;
    Ok(Some(target))
}

fn view(kind: PinKind, row: ListedFamily) -> Json {
    match kind {
        PinKind::Component => value(summary::<OfComponents>(row)),
        PinKind::Template => value(summary::<OfTemplates>(row)),
    }
}

pub(super) async fn namespace(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    load_each(
        keys,
        |key| key.namespace(caller),
        async |asked| {
            let rows = caller.api.store.namespaces_named(asked).await?;
            let views = rows.into_iter().map(|row| {
                let name = row.name.clone();
                (name, value(namespaces::view(row)))
            });
            let views: HashMap<String, Json> = views.collect();
            let found = asked.iter().map(|name| views.get(name).cloned());
            Ok(found.map(Option::unwrap_or_default).collect())
        },
    )
    .await
}

pub(super) async fn component(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    named(caller, PinKind::Component, keys).await
}

pub(super) async fn template(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    named(caller, PinKind::Template, keys).await
}

async fn named(caller: &Caller, kind: PinKind, keys: &[Json]) -> Vec<Found> {
    load_each(
        keys,
        |key| family(caller, key),
        async |asked| {
            let rows = caller.api.registry.families_named(kind, asked).await?;
            let named = rows.into_iter().map(|row| {
                let target = QualifiedName::of(&row.namespace, &row.name);
                (target.to_string(), view(kind, row))
            });
            let named: HashMap<String, Json> = named.collect();
            let found = asked
                .iter()
                .map(|target| named.get(&target.to_string()).cloned());
            Ok(found.map(Option::unwrap_or_default).collect())
        },
    )
    .await
}

pub(super) async fn components(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_namespaces(caller, PinKind::Component, keys).await
}

pub(super) async fn templates(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_namespaces(caller, PinKind::Template, keys).await
}

async fn of_namespaces(caller: &Caller, kind: PinKind, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let (namespace, after) = (key.namespace(caller)?, key.after::<QualifiedName>()?);
        let limit = key.rows();
        Ok(namespace.map(|namespace| FamiliesOf {
            namespace,
            after: after.map(|after| after.name.to_string()),
            limit,
        }))
    };
    load_each(keys, read, async |asked| {
        let listed = caller.api.registry.families_of_namespaces(kind, asked);
        let pages = asked.iter().zip(listed.await?).map(|(of, rows)| {
            let cursor = |row: &ListedFamily| format!("{}/{}", row.namespace, row.name);
            page(rows, items(of.limit), cursor, |row| view(kind, row))
        });
        Ok(pages.collect())
    })
    .await
}

pub(super) async fn component_versions(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    versions(caller, PinKind::Component, keys, component_versions_of).await
}

pub(super) async fn template_versions(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    versions(caller, PinKind::Template, keys, template_versions_of).await
}

async fn versions(
    caller: &Caller,
    kind: PinKind,
    keys: &[Json],
    load: impl AsyncFn(&Caller, &[VersionKey]) -> Result<Vec<Json>, ApiError>,
) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let (target, after) = (family(caller, key)?, key.after::<Version>()?);
        Ok(target.map(|target| VersionsOf {
            target,
            after,
            limit: key.items() + 1,
        }))
    };
    load_each(keys, read, async |asked| {
        let numbers = caller.api.registry.version_numbers(kind, asked).await?;
        let wanted = asked.iter().zip(&numbers).flat_map(|(of, numbers)| {
            let wanted = numbers.iter().take(of.limit - 1);
            wanted.map(|number| (of.target.clone(), number.clone()))
        });
        let wanted: Vec<VersionKey> = wanted.collect();
        let mut rows = load(caller, &wanted).await?.into_iter();
        let pages = asked.iter().zip(numbers).map(|(of, numbers)| {
            // The last one is there to tell that there is more.
            let rows = numbers.into_iter().enumerate().map(|(place, number)| {
                let row = (place + 1 < of.limit).then(|| rows.next()).flatten();
                (number, row.unwrap_or_default())
            });
            let rows: Vec<(Version, Json)> = rows.collect();
            page(
                rows,
                of.limit - 1,
                |(number, _)| number.to_string(),
                |(_, row)| row,
            )
        });
        Ok(pages.collect())
    })
    .await
}
