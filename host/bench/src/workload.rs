//! The shapes of tasks that are measured.

use clap::ValueEnum;
use serde::Serialize;

/// A shape; every step is the no-op handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Workload {
    /// One step.
    Noop,
    /// Five steps in a row.
    Linear5,
    /// 1 → 2 → 1.
    Diamond,
    /// 1 → 2 → 4 → 1.
    Tree,
    /// 1 → 100 → 1.
    Wide,
    /// Five steps in a row, one task at a time on an idle host.
    Latency,
}

impl Workload {
    /// The template's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Linear5 => "linear5",
            Self::Diamond => "diamond",
            Self::Tree => "tree",
            Self::Wide => "wide",
            Self::Latency => "latency",
        }
    }

    /// The template, in the namespace `bench`.
    pub(super) fn yaml(self) -> String {
        let head = format!(
            "namespace: bench\nname: {}\nversion: 1.0.0\nidentity: unique\nsteps:\n",
            self.name()
        );
        let step = |(no, parents): (usize, &Vec<usize>)| {
            let parents: Vec<String> = parents.iter().map(|parent| format!("s{parent}")).collect();
            format!(
                "  - {{name: s{no}, handler: basics/noop, depends_on: [{}]}}\n",
                parents.join(", ")
            )
        };
        head + &self
            .parents()
            .iter()
            .enumerate()
            .map(step)
            .collect::<String>()
    }

    pub(super) fn steps(self) -> usize {
        self.parents().len()
    }

    /// For each step the steps that it depends on.
    fn parents(self) -> Vec<Vec<usize>> {
        match self {
            Self::Noop => vec![vec![]],
            Self::Linear5 | Self::Latency => vec![vec![], vec![0], vec![1], vec![2], vec![3]],
            Self::Diamond => vec![vec![], vec![0], vec![0], vec![1, 2]],
            Self::Tree => vec![
                vec![],
                vec![0],
                vec![0],
                vec![1],
                vec![1],
                vec![2],
                vec![2],
                vec![3, 4, 5, 6],
            ],
            Self::Wide => {
                let children = (1..=100).map(|_| vec![0]);
                std::iter::once(vec![])
                    .chain(children)
                    .chain([(1..=100).collect()])
                    .collect()
            }
        }
    }
}
