//! Versions of components and templates, and pins.

use super::keys::{Key, Read, load_each, page, value};
use crate::error::ApiError;
use crate::graphql::caller::Caller;
use crate::page::wrong_cursor;
use crate::rest::pins::{cursor_of, pin_cursor, view};
use crate::rest::{components, templates};
use semver::Version;
use serde_json::Value as Json;
use std::collections::HashMap;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::permission::Action;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{ComponentRef, QualifiedName};
use tasker_graphql::host::Found;
use tasker_registry::RegistryError;
use tasker_registry::resolved_pin::ResolvedPin;
use tasker_registry::store::pin::PinsOf;
use tasker_registry::version::parse_version;

/// The most bytes of descriptors or sources that one edge of a query loads.
const MAX_LOADED_BYTES: usize = 32 << 20;

/// The versions that a level of a query leads to are too large.
#[derive(Debug, thiserror::Error)]
#[error(
    "these versions have more than {MAX_LOADED_BYTES} bytes of descriptors or sources; ask for fewer of them"
)]
struct TooMuch;

impl Report for TooMuch {
    fn report(&self) -> ErrorReport {
        ErrorReport::new(ErrorClass::TooLarge, "answer_too_large")
    }
}

/// A version of a component or template.
pub(super) type VersionKey = (QualifiedName, Version);

/// The version of something that the caller may read.
fn version_of(caller: &Caller, target: QualifiedName, version: &str) -> Read<VersionKey> {
    caller
        .asker
        .access
        .require(Action::Read, target.namespace.as_str())?;
    Ok(Some((target, parse_version(version)?)))
}

pub(super) async fn component_versions(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let target = key
            .text("component")
            .and_then(|it| it.parse::<QualifiedName>().ok());
        match target.zip(key.text("version")) {
            Some((target, version)) => version_of(caller, target, version),
            None => Ok(None),
        }
    };
    load_components(caller, keys, read).await
}

/// What pins of components mean; those of templates lead to none.
pub(super) async fn pinned_components(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let is_component = key.text("kind") == Some(PinKind::Component.into_str());
        let home = key.text("namespace").and_then(|it| it.parse().ok());
        let target = key
            .text("target")
            .and_then(|it| it.parse::<ComponentRef>().ok());
        let target = home.zip(target).filter(|_| is_component);
        match target.zip(key.text("version")) {
            Some(((home, target), version)) => version_of(caller, target.qualified(&home), version),
            None => Ok(None),
        }
    };
    load_components(caller, keys, read).await
}

async fn load_components(
    caller: &Caller,
    keys: &[Json],
    read: impl Fn(&Key<'_>) -> Read<VersionKey>,
) -> Vec<Found> {
    load_each(keys, read, async |asked| {
        component_versions_of(caller, asked).await
    })
    .await
}

/// These versions of components, in their order; null for those that do not exist.
pub(super) async fn component_versions_of(
    caller: &Caller,
    asked: &[VersionKey],
) -> Result<Vec<Json>, ApiError> {
    let rows = caller
        .api
        .store
        .component_versions_named(asked, MAX_LOADED_BYTES);
    let rows = rows.await?.ok_or(TooMuch)?;
    let targets: Vec<QualifiedName> = asked.iter().map(|(target, _)| target.clone()).collect();
    let granted = caller.api.registry.granted_to_each(&targets).await?;
    let granted: HashMap<_, _> = targets
        .iter()
        .map(QualifiedName::to_string)
        .zip(granted)
        .collect();
    let mut versions = HashMap::new();
    for row in rows {
        let component = format!("{}/{}", row.namespace, row.component);
        let granted = granted.get(&component).map_or(&[][..], Vec::as_slice);
        let key = (component, row.version.clone());
        versions.insert(key, value(components::version(row, granted)?));
    }
    Ok(of_each(asked, &versions))
}

pub(super) async fn template_versions(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let namespace = key.text("namespace").and_then(|it| it.parse().ok());
        let name = key.text("name").and_then(|it| it.parse().ok());
        match namespace.zip(name).zip(key.text("version")) {
            Some(((namespace, name), version)) => {
                version_of(caller, QualifiedName { namespace, name }, version)
            }
            None => Ok(None),
        }
    };
    load_each(keys, read, async |asked| {
        template_versions_of(caller, asked).await
    })
    .await
}

/// These versions of templates, in their order; null for those that do not exist.
pub(super) async fn template_versions_of(
    caller: &Caller,
    asked: &[VersionKey],
) -> Result<Vec<Json>, ApiError> {
    let rows = caller
        .api
        .store
        .template_versions_named(asked, MAX_LOADED_BYTES);
    let rows = rows.await?.ok_or(TooMuch)?;
    let versions = rows.into_iter().map(|row| {
        let key = (
            format!("{}/{}", row.namespace, row.name),
            row.version.clone(),
        );
        Ok((key, value(templates::version(row)?)))
    });
    let versions = versions.collect::<Result<HashMap<_, _>, RegistryError>>()?;
    Ok(of_each(asked, &versions))
}

fn of_each(asked: &[VersionKey], versions: &HashMap<(String, String), Json>) -> Vec<Json> {
    let found = asked.iter().map(|(target, version)| {
        let version = versions.get(&(target.to_string(), version.to_string()));
        version.cloned().unwrap_or_default()
    });
    found.collect()
}

/// How many of the rows that are asked for are of the page.
pub(super) fn items(limit: i32) -> usize {
    usize::try_from(limit - 1).unwrap_or_default()
}

pub(super) async fn pins(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let Some(namespace) = key.namespace(caller)? else {
            return Ok(None);
        };
        let after = match key.text("after") {
            None => None,
            Some(after) => match pin_cursor(after)? {
                (of, kind, target) if of == namespace => Some((kind, target.to_owned())),
                _ => return Err(wrong_cursor(after)),
            },
        };
        let limit = key.rows();
        Ok(Some(PinsOf {
            namespace,
            after,
            limit,
        }))
    };
    load_each(keys, read, async |asked: &[PinsOf]| {
        let rows = caller.api.store.pins_of_namespaces(asked).await?;
        let (places, rows): (Vec<i32>, Vec<_>) =
            rows.into_iter().map(|it| (it.ord, it.row)).unzip();
        let resolved = caller.api.registry.resolve_pins(rows).await?;
        let mut by_key: Vec<Vec<ResolvedPin>> = asked.iter().map(|_| Vec::new()).collect();
        for (place, pin) in places.into_iter().zip(resolved) {
            by_key[place as usize - 1].push(pin);
        }
        let pages = asked.iter().zip(by_key).map(|(of, pins)| {
            let cursor = |pin: &ResolvedPin| cursor_of(&pin.row);
            page(pins, items(of.limit), cursor, |pin| value(view(pin)))
        });
        Ok(pages.collect())
    })
    .await
}
