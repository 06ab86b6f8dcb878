//! What components export beside handlers, compared as WIT compares worlds.

use semver::{Prerelease, Version};
use std::collections::{BTreeSet, HashSet};
use wasmparser::{Parser, Payload};
use wit_component::{DecodedWasm, decode, semver_check};
use wit_parser::{IndexMap, InterfaceId, Resolve, WorldId, WorldItem, WorldKey};

/// Interfaces of the contract: the host checks their types itself when it inspects an upload.
const CONTRACT: &str = "tasker:step/";
/// Tells the packages of the older component apart while both are in one set.
const OLDER: &str = "older";

/// The change of an exported interface or function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportChange {
    Removed(String),
    Added(String),
    /// It has another shape; the words are those of the check.
    Changed(String, String),
    /// What the component exports could not be read.
    Unreadable(String),
}

/// The interfaces of a component, with their versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interfaces {
    pub exports: Vec<String>,
    pub imports: Vec<String>,
}

struct World {
    resolve: Resolve,
    id: WorldId,
}

/// The interfaces that a component exports and imports.
pub fn interfaces(component: &[u8]) -> Result<Interfaces, String> {
    let World { resolve, id } = World::of(component)?;
    let world = &resolve.worlds[id];
    let names = |items: &IndexMap<WorldKey, WorldItem>| {
        let keys = items.keys();
        keys.map(|key| resolve.name_world_key(key)).collect()
    };
    Ok(Interfaces {
        exports: names(&world.exports),
        imports: names(&world.imports),
    })
}

/// True if exports by these names, with versions, have to be compared.
pub fn has_own_exports(exports: &[String]) -> bool {
    exports.iter().any(|name| !name.starts_with(CONTRACT))
}

/// Compares what two components export. Versions of interfaces are not looked at, and what they
/// import is no matter here: the host provides it, or it refuses the component. Takes a while for
/// large components that differ in more than their core modules: not to be called where others wait.
pub fn compare_exports(old: &[u8], new: &[u8]) -> Vec<ExportChange> {
    if outside(old).is_some_and(|old| outside(new) == Some(old)) {
        return Vec::new();
    }
    match (World::of(old), World::of(new)) {
        (Ok(old), Ok(new)) => compare(&old, &new),
        (Err(reason), _) | (_, Err(reason)) => vec![ExportChange::Unreadable(reason)],
    }
}

/// The sections of a component but for its core modules, on which no type of an export depends: what two versions of one
/// program have in common. None where it cannot be read.
fn outside(component: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut sections = Vec::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.ok()?;
        let is_left_out = matches!(
            payload,
            Payload::ModuleSection { .. } | Payload::CustomSection(_)
        );
        if depth == 0
            && !is_left_out
            && let Some((id, range)) = payload.as_section()
        {
            sections.push((id, component.get(range)?));
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            _ => {}
        }
    }
    Some(sections)
}

fn compare(old: &World, new: &World) -> Vec<ExportChange> {
    let (before, after) = (old.exports(), new.exports());
    let removed = before.difference(&after).cloned();
    let added = after.difference(&before).cloned();
    let kept = before.intersection(&after);
    let changed = kept.filter_map(|name| {
        let reason = upgrade(old.only(name), new.only(name)).err()?;
        Some(ExportChange::Changed(name.clone(), reason))
    });
    let changed: Vec<ExportChange> = changed.collect();
    removed
        .map(ExportChange::Removed)
        .chain(added.map(ExportChange::Added))
        .chain(changed)
        .collect()
}

/// Whether the new component can replace the old one. A world may lose exports and gain
/// imports for the components in it; for those who call, it is the other way round.
fn upgrade(mut old: World, new: World) -> Result<(), String> {
    old.mark_packages();
    let merged = old.resolve.merge(new.resolve);
    let remap = merged.map_err(|error| format!("{error:#}"))?;
    let new = remap.worlds.get(new.id.index()).copied().flatten();
    let new = new.ok_or("the world was lost")?;
    semver_check(old.resolve, new, old.id).map_err(|error| format!("{:#}", error.root_cause()))
}

impl World {
    fn of(bytes: &[u8]) -> Result<Self, String> {
        match decode(bytes) {
            Ok(DecodedWasm::Component(resolve, id)) => Ok(Self { resolve, id }),
            Ok(DecodedWasm::WitPackage(..)) => Err("it is a package of WIT".to_owned()),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    /// The names of its exports without versions, those of the contract left out.
    fn exports(&self) -> BTreeSet<String> {
        let keys = self.resolve.worlds[self.id].exports.keys();
        let names = keys.map(|key| self.name(key));
        names.filter(|name| !name.starts_with(CONTRACT)).collect()
    }

    fn name(&self, key: &WorldKey) -> String {
        let name = match key {
            WorldKey::Name(name) => name.clone(),
            WorldKey::Interface(id) => self.resolve.id_of(*id).unwrap_or_default(),
        };
        let plain = name.split_once('@').map(|(plain, _)| plain.to_owned());
        plain.unwrap_or(name)
    }

    /// This world with one of its exports and no more imports than that one takes types from.
    fn only(&self, name: &str) -> Self {
        let world = &self.resolve.worlds[self.id];
        let mut exports = world.exports.clone();
        exports.retain(|key, _| self.name(key) == name);
        let needed = self.needed_by(exports.values());
        let mut resolve = self.resolve.clone();
        let world = &mut resolve.worlds[self.id];
        world.exports = exports;
        if let Some(needed) = needed {
            world.imports.retain(|_, item| match item {
                WorldItem::Interface { id, .. } => needed.contains(id),
                WorldItem::Function(_) => false,
                WorldItem::Type { .. } => true,
            });
        }
        let id = self.id;
        Self { resolve, id }
    }

    /// The interfaces that these items take types from; `None` if that is not known.
    fn needed_by<'i>(
        &self,
        items: impl Iterator<Item = &'i WorldItem>,
    ) -> Option<HashSet<InterfaceId>> {
        let mut open = Vec::new();
        for item in items {
            match item {
                WorldItem::Interface { id, .. } => open.push(*id),
                WorldItem::Function(_) | WorldItem::Type { .. } => return None,
            }
        }
        let mut needed = HashSet::new();
        while let Some(id) = open.pop() {
            let found = self.resolve.interface_direct_deps(id);
            open.extend(found.filter(|id| needed.insert(*id)));
        }
        Some(needed)
    }

    /// Gives its packages versions that no other world's have.
    fn mark_packages(&mut self) {
        let older = Prerelease::new(OLDER).expect("letters are a pre-release");
        for (_, package) in &mut self.resolve.packages {
            let version = package.name.version.take();
            let version = version.unwrap_or_else(|| Version::new(0, 0, 0));
            let pre = older.clone();
            package.name.version = Some(Version { pre, ..version });
        }
        let packages = self.resolve.packages.iter();
        self.resolve.package_names = packages.map(|(id, it)| (it.name.clone(), id)).collect();
    }
}
