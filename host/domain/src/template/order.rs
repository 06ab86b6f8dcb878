//! The order of steps, and the cycles that prevent one. Nothing here recurses: a chain may
//! have 10,000 steps.

use super::definition::{Step, Template};
use super::retry::Policy;
use crate::requirement::QualifiedName;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

/// A step with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedStep<'t> {
    /// From 0; parents have smaller numbers.
    pub no: i16,
    pub step: &'t Step,
    /// Its effective settings, with defaults applied.
    pub policy: Policy,
    /// The numbers of the steps that it depends on, ascending.
    pub parents: Vec<i16>,
    /// No step depends on it.
    pub is_sink: bool,
}

/// Steps by their place in the source, from 0, each with the steps that it waits for.
pub(super) type Parents = Vec<Vec<usize>>;

impl Template {
    /// The steps numbered from 0, parents before children, and otherwise in the order of the source.
    pub fn ordered(&self) -> Vec<OrderedStep<'_>> {
        ordered(self)
    }

    /// What the steps run, each component once.
    pub fn components(&self) -> BTreeSet<QualifiedName> {
        let components = self.steps.iter().map(|step| &step.handler.component);
        components
            .map(|component| component.qualified(&self.namespace))
            .collect()
    }
}

fn ordered(template: &Template) -> Vec<OrderedStep<'_>> {
    let parents = parents(template);
    let order = topological(&parents);
    let mut number = vec![0; order.len()];
    for (no, &index) in order.iter().enumerate() {
        number[index] = i16::try_from(no).expect("a template has at most 10,000 steps");
    }
    let mut is_sink = vec![true; order.len()];
    parents
        .iter()
        .flatten()
        .for_each(|&parent| is_sink[parent] = false);
    let ordered_step = |&index: &usize| {
        let step = &template.steps[index];
        let mut parents: Vec<i16> = parents[index]
            .iter()
            .map(|&parent| number[parent])
            .collect();
        parents.sort_unstable();
        let policy = template.policy(step);
        OrderedStep {
            no: number[index],
            step,
            policy,
            parents,
            is_sink: is_sink[index],
        }
    };
    order.iter().map(ordered_step).collect()
}

fn parents(template: &Template) -> Parents {
    let named = template
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| (&step.name, index));
    let index: HashMap<_, _> = named.collect();
    let of_step = |step: &Step| step.depends_on.iter().map(|name| index[name]).collect();
    template.steps.iter().map(of_step).collect()
}

/// Each step after its parents; among those that could come next, the first of the source. Steps
/// of a cycle, and what waits for them, are left out.
pub(super) fn topological(parents: &Parents) -> Vec<usize> {
    let mut children = vec![Vec::new(); parents.len()];
    for (child, of_child) in parents.iter().enumerate() {
        of_child
            .iter()
            .for_each(|&parent| children[parent].push(child));
    }
    let mut waits_for: Vec<usize> = parents.iter().map(Vec::len).collect();
    let free = (0..parents.len()).filter(|&step| waits_for[step] == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = free.map(Reverse).collect();
    let mut order = Vec::with_capacity(parents.len());
    while let Some(Reverse(step)) = ready.pop() {
        order.push(step);
        for &child in &children[step] {
            waits_for[child] -= 1;
            if waits_for[child] == 0 {
                ready.push(Reverse(child));
            }
        }
    }
    order
}

/// Cycles that have no step in common; at least one if there is any. In each, a step waits for the
/// one before it, and the first, which comes first in the source, for the last.
pub(super) fn cycles(parents: &Parents) -> Vec<Vec<usize>> {
    let mut is_blocked = vec![true; parents.len()];
    topological(parents)
        .into_iter()
        .for_each(|step| is_blocked[step] = false);
    // A blocked step has a blocked parent. To follow one from each step must lead into a cycle.
    let blocked_parent = |step: usize| {
        let found = parents[step].iter().find(|&&parent| is_blocked[parent]);
        *found.expect("a blocked step has a blocked parent")
    };
    let mut seen_from = vec![None; parents.len()];
    let mut cycles = Vec::new();
    for start in (0..parents.len()).filter(|&step| is_blocked[step]) {
        let mut walk = Vec::new();
        let mut step = start;
        while seen_from[step].is_none() {
            seen_from[step] = Some(start);
            walk.push(step);
            step = blocked_parent(step);
        }
        if seen_from[step] == Some(start) {
            let entry = walk.iter().position(|&walked| walked == step);
            cycles.push(forward(walk.split_off(entry.unwrap_or_default())));
        }
    }
    cycles
}

/// A walk from child to parent, turned around and begun at its first step in the source.
fn forward(mut walk: Vec<usize>) -> Vec<usize> {
    walk.reverse();
    let first = (0..walk.len()).min_by_key(|&at| walk[at]);
    walk.rotate_left(first.unwrap_or_default());
    walk
}
