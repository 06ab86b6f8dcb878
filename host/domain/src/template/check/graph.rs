//! Checks the steps against each other: names, dependencies, cycles.

use super::nearest::suggestion;
use super::step::Draft;
use crate::shown::cut;
use crate::template::MAX_DEPENDENCIES;
use crate::template::order::{self, Parents};
use crate::template::position::Findings;
use std::collections::{HashMap, HashSet};

/// The most steps of a cycle that are named one by one.
const MAX_NAMED_STEPS: usize = 50;

pub(super) fn check(drafts: &[Draft<'_>], findings: &mut Findings) {
    let index = index_by_name(drafts, findings);
    let all: usize = drafts.iter().map(|draft| draft.depends_on.len()).sum();
    if all > MAX_DEPENDENCIES {
        let limit = format!("there are more than {MAX_DEPENDENCIES} dependencies, the limit");
        let last = drafts
            .iter()
            .rev()
            .find_map(|draft| draft.depends_on.first());
        last.inspect(|field| field.report(format!("{limit}; put a step in between"), findings));
        return;
    }
    let parents: Parents = (0..drafts.len())
        .map(|child| parents(child, drafts, &index, findings))
        .collect();
    for cycle in order::cycles(&parents) {
        report_cycle(&cycle, drafts, findings);
    }
}

fn index_by_name<'a>(drafts: &[Draft<'a>], findings: &mut Findings) -> HashMap<&'a str, usize> {
    let mut index = HashMap::new();
    for (no, draft) in drafts.iter().enumerate() {
        let (Some(field), Some(name)) = (&draft.name, draft.label()) else {
            continue;
        };
        let first = *index.entry(name).or_insert(no);
        if first != no {
            let line = drafts[first]
                .name
                .as_ref()
                .map_or(0, |field| field.value.at.line);
            let name = cut(name);
            let message =
                format!("a step `{name}` is already defined in line {line}; rename one of them");
            field.report(message, findings);
        }
    }
    index
}

/// The steps that this one waits for; names that are wrong are reported and left out.
fn parents(
    child: usize,
    drafts: &[Draft<'_>],
    index: &HashMap<&str, usize>,
    findings: &mut Findings,
) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut parents = Vec::new();
    for field in &drafts[child].depends_on {
        let Some(name) = field.value.text() else {
            continue;
        };
        let message = match index.get(name) {
            None if findings.is_full() => String::new(),
            None => {
                let known = index
                    .keys()
                    .copied()
                    .filter(|known| Some(*known) != drafts[child].label());
                let meant = suggestion(name, sorted(known));
                format!("there is no step `{}`{meant}", cut(name))
            }
            Some(_) if drafts[child].label() == Some(name) => {
                format!(
                    "the step `{}` cannot depend on itself; remove it here",
                    cut(name)
                )
            }
            Some(_) if !seen.insert(name) => format!("`{}` is named twice; remove one", cut(name)),
            Some(&parent) => {
                parents.push(parent);
                continue;
            }
        };
        field.report(message, findings);
    }
    parents
}

/// In a fixed order, so that the same source gives the same suggestion.
fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// At the dependency that closes the circle: the first step's on the last.
fn report_cycle(cycle: &[usize], drafts: &[Draft<'_>], findings: &mut Findings) {
    let (Some(&first), Some(&last)) = (cycle.first(), cycle.last()) else {
        return;
    };
    let closing = drafts[first]
        .depends_on
        .iter()
        .find(|field| field.value.text() == drafts[last].label());
    let name = |step: &usize| drafts[*step].label().unwrap_or_default();
    let mut named: Vec<&str> = cycle.iter().take(MAX_NAMED_STEPS).map(name).collect();
    let left_out = format!("… ({} more)", cycle.len() - named.len());
    if cycle.len() > named.len() {
        named.push(&left_out);
    }
    named.push(name(&first));
    let message = format!(
        "these steps wait for each other: {}; each waits for the one before it, so none can start; \
         remove one of these dependencies",
        named.join(" → ")
    );
    closing.inspect(|field| field.report(message, findings));
}
