use super::*;
use crate::template::order;
use proptest::prelude::*;
use std::collections::HashSet;
use std::fmt::Write as _;

/// A graph as each step's parents, by place in the source; without cycles, in any order.
fn any_dag() -> impl Strategy<Value = Vec<Vec<usize>>> {
    (1..45usize).prop_flat_map(|steps| {
        let edges = prop::collection::vec((0..steps, 0..steps), 0..steps * 3);
        let places = Just((0..steps).collect::<Vec<_>>()).prop_shuffle();
        (edges, places).prop_map(move |(edges, places)| {
            let mut parents = vec![Vec::new(); steps];
            for (a, b) in edges.into_iter().collect::<HashSet<_>>() {
                if a < b {
                    parents[places[b]].push(places[a]);
                }
            }
            parents
        })
    })
}

fn source(parents: &[Vec<usize>]) -> String {
    let mut steps = String::new();
    for (no, parents) in parents.iter().enumerate() {
        let names: Vec<_> = parents.iter().map(|parent| format!("s{parent}")).collect();
        writeln!(
            steps,
            "  - {{name: s{no}, handler: c/h, depends_on: [{}]}}",
            names.join(", ")
        )
        .unwrap();
    }
    with_steps(&steps)
}

/// Any step with all of its ancestors.
fn ancestors(parents: &[Vec<usize>], step: usize) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        open.extend(
            parents[step]
                .iter()
                .copied()
                .filter(|parent| found.insert(*parent)),
        );
    }
    found
}

proptest! {
    #[test]
    fn the_order_is_the_first_in_file_order_that_puts_parents_before_children(parents in any_dag()) {
        let template = Template::parse(&source(&parents)).unwrap();
        let ordered = template.ordered();
        let place = |step: &OrderedStep<'_>| step.step.name.as_str()[1..].parse::<usize>().unwrap();
        let mut done = HashSet::new();
        for (no, step) in ordered.iter().enumerate() {
            prop_assert_eq!(usize::try_from(step.no).unwrap(), no);
            let free = |at: &usize| !done.contains(at) && parents[*at].iter().all(|p| done.contains(p));
            prop_assert_eq!(Some(place(step)), (0..parents.len()).find(free));
            prop_assert!(step.parents.iter().all(|parent| *parent < step.no));
            prop_assert!(step.parents.is_sorted());
            let parent = |no: &i16| place(&ordered[usize::try_from(*no).unwrap()]);
            let named: HashSet<_> = step.parents.iter().map(parent).collect();
            prop_assert_eq!(&named, &parents[place(step)].iter().copied().collect::<HashSet<_>>());
            let is_parent = parents.iter().flatten().any(|parent| *parent == place(step));
            prop_assert_eq!(step.is_sink, !is_parent);
            done.insert(place(step));
        }
        prop_assert_eq!(done.len(), parents.len());
    }

    #[test]
    fn a_back_edge_is_reported_as_a_cycle_of_real_edges(
        (mut parents, from, to) in any_dag().prop_flat_map(|dag| {
            let steps = dag.len();
            (Just(dag), 0..steps, any::<prop::sample::Index>())
        }),
    ) {
        let mut above: Vec<_> = ancestors(&parents, from).into_iter().collect();
        if above.is_empty() {
            return Ok(());
        }
        above.sort_unstable();
        parents[above[to.index(above.len())]].push(from);
        let error = Template::parse(&source(&parents)).unwrap_err();
        prop_assert_eq!(error.findings.len(), 1);
        let message = &error.findings[0].message;
        let (_, named) = message.split_once("each other: ").unwrap();
        let (named, _) = named.split_once(';').unwrap();
        let cycle: Vec<usize> = named.split(" → ").map(|name| name[1..].parse().unwrap()).collect();
        prop_assert!(cycle.len() > 2);
        prop_assert_eq!(cycle.first(), cycle.last());
        let distinct: HashSet<_> = cycle.iter().collect();
        prop_assert_eq!(distinct.len(), cycle.len() - 1);
        prop_assert!(cycle.windows(2).all(|pair| parents[pair[1]].contains(&pair[0])));
        let place = &error.findings[0].path;
        let first = format!("steps[{}].depends_on[", cycle[0]);
        prop_assert!(place.starts_with(&first), "{}", place);
    }
}

#[test]
fn a_chain_of_ten_thousand_steps_is_ordered_either_way_round() {
    let forwards: Vec<_> = (0..MAX_STEPS)
        .map(|no| if no == 0 { vec![] } else { vec![no - 1] })
        .collect();
    let backwards: Vec<_> = (0..MAX_STEPS)
        .map(|no| {
            if no + 1 == MAX_STEPS {
                vec![]
            } else {
                vec![no + 1]
            }
        })
        .collect();
    for parents in [forwards, backwards] {
        let template = Template::parse(&source(&parents)).unwrap();
        let ordered = template.ordered();
        assert!(
            ordered
                .windows(2)
                .all(|pair| pair[1].parents == [pair[0].no])
        );
        assert!(ordered[MAX_STEPS - 1].is_sink);
    }
}

#[test]
fn a_cycle_of_ten_thousand_steps_is_found_whole_and_reported_in_short() {
    let ring: Vec<_> = (0..MAX_STEPS)
        .map(|no| vec![(no + MAX_STEPS - 1) % MAX_STEPS])
        .collect();
    assert_eq!(order::cycles(&ring), [(0..MAX_STEPS).collect::<Vec<_>>()]);
    let error = Template::parse(&source(&ring)).unwrap_err();
    let message = &error.findings[0].message;
    assert!(message.contains("s0 → s1 → "), "{message}");
    assert!(message.contains("s49 → … (9950 more) → s0; "), "{message}");
}

#[test]
fn mermaid_and_dot_draw_every_step_and_arrow() {
    let template = fulfil();
    assert_eq!(
        graph::mermaid(&template),
        "flowchart TD
    s0[\"validate<br/>checks/validate@#42;\"]
    s1[\"reserve<br/>stock/reserve@^0.9\"]
    s0 --> s1
    s2[\"charge<br/>other/payments/charge@^1.4\"]
    s0 --> s2
    s3[\"ship<br/>logistics/ship@~2.1\"]
    s1 --> s3
    s2 --> s3
"
    );
    let dot = graph::dot(&template);
    assert!(
        dot.starts_with("digraph \"orders/fulfil 1.2.0\" {\n"),
        "{dot}"
    );
    assert!(
        dot.contains("    s3 [label=\"ship\\nlogistics/ship@~2.1\"];\n"),
        "{dot}"
    );
    assert!(dot.contains("    s2 -> s3;\n"), "{dot}");
}

#[test]
fn labels_are_escaped_in_mermaid() {
    let template =
        Template::parse(&with_steps("  - {name: end, handler: 'c/h@>=1, <2'}\n")).unwrap();
    assert!(graph::mermaid(&template).contains("s0[\"end<br/>c/h@#62;=1, #60;2\"]"));
}
