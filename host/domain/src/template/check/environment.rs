//! Checks `environments:`.

use super::fields::{Field, Fields};
use super::nearest::suggestion;
use super::policy;
use super::step::Draft;
use crate::name::Name;
use crate::shown::cut;
use crate::template::MAX_ENVIRONMENTS;
use crate::template::definition::{Environment, StepOverride};
use crate::template::position::Findings;
use crate::template::retry::PolicySettings;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) const KEYS: [&str; 2] = ["defaults", "steps"];
pub(super) const STEP_KEYS: [&str; 6] = ["name", "handler", "config", "retry", "timeout", "limits"];

/// What the steps of the template say themselves, by name.
type Own<'a> = HashMap<&'a str, &'a PolicySettings>;

pub(super) fn all(
    field: &Field<'_>,
    drafts: &[Draft<'_>],
    defaults: &PolicySettings,
    findings: &mut Findings,
) -> BTreeMap<Name, Environment> {
    let own = drafts
        .iter()
        .filter_map(|draft| Some((draft.label()?, &draft.policy)))
        .collect();
    let entries = Fields::entries(field, findings);
    if entries.len() > MAX_ENVIRONMENTS {
        let message = format!(
            "there are {} environments; the limit is {MAX_ENVIRONMENTS}",
            entries.len()
        );
        field.report(message, findings);
        return BTreeMap::new();
    }
    let mut environments = BTreeMap::new();
    for (key, key_at, value) in entries {
        match key.parse() {
            Ok(name) => {
                let environment = one(&value, &own, defaults, findings);
                environments.insert(name, environment.unwrap_or_default());
            }
            Err(error) => findings.push(key_at, &value.path, format!("{error}")),
        }
    }
    environments
}

fn one(
    field: &Field<'_>,
    own: &Own<'_>,
    defaults: &PolicySettings,
    findings: &mut Findings,
) -> Option<Environment> {
    let fields = Fields::of(field, &KEYS, findings)?;
    let said = fields.get("defaults");
    let said = said
        .and_then(|field| policy::alone(&field, defaults, findings))
        .unwrap_or_default();
    let inherited = said.or(defaults);
    let mut changed = HashSet::new();
    let mut steps = Vec::new();
    for item in fields
        .get("steps")
        .map_or_else(Vec::new, |field| field.items(findings))
    {
        steps.extend(step(&item, own, &inherited, &mut changed, findings));
    }
    if let Some(field) = fields.get("defaults") {
        let unchanged = own.iter().filter(|(name, _)| !changed.contains(*name));
        inherited_disorder(&field, unchanged, &inherited, findings);
    }
    Some(Environment {
        defaults: said,
        steps,
    })
}

fn step<'a>(
    item: &Field<'a>,
    own: &Own<'_>,
    inherited: &PolicySettings,
    changed: &mut HashSet<&'a str>,
    findings: &mut Findings,
) -> Option<StepOverride> {
    let fields = Fields::of(item, &STEP_KEYS, findings)?;
    let name = fields.required("name", "charge", findings);
    let label = name
        .as_ref()
        .and_then(|field| field.text("charge", findings));
    let said = label.and_then(|label| own.get(label));
    if let (Some(name), Some(label)) = (&name, label) {
        if said.is_none() {
            let mut known: Vec<&str> = own.keys().copied().collect();
            known.sort_unstable();
            let meant = suggestion(label, known);
            name.report(
                format!("the template has no step `{}`{meant}", cut(label)),
                findings,
            );
        } else if !changed.insert(label) {
            let message = format!("`{}` is overridden twice; put both into one", cut(label));
            name.report(message, findings);
        }
    }
    let handler = fields.get("handler");
    let handler = handler.and_then(|field| field.parsed("payments/charge@^1.4", findings));
    let inherited = said.map_or_else(|| inherited.clone(), |said| said.or(inherited));
    Some(StepOverride {
        policy: policy::settings(&fields, &inherited, findings),
        name: label?.parse().ok()?,
        handler,
        config: fields
            .get("config")
            .map_or(Value::Null, |field| field.value.to_json()),
    })
}

/// The environment's defaults can put a step into disorder that says one of base and max itself.
fn inherited_disorder<'a>(
    defaults: &Field<'_>,
    steps: impl Iterator<Item = (&'a &'a str, &'a &'a PolicySettings)>,
    inherited: &PolicySettings,
    findings: &mut Findings,
) {
    let disorder = |own: &PolicySettings| policy::disorder(&own.or(inherited).complete());
    let wrong = steps.filter(|(_, own)| own.retry.base.is_some() != own.retry.max.is_some());
    let first = wrong
        .filter_map(|(name, own)| Some((*name, disorder(own)?)))
        .min();
    if let Some((name, message)) = first {
        let message = format!(
            "with these defaults, at the step `{}`: {message}",
            cut(name)
        );
        defaults.report(message, findings);
    }
}
