//! The shapes of templates that `tasker new` writes.

/// How the steps of a template depend on each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// A chain: each step uses the results of those before it.
    #[default]
    Linear,
    /// Steps that run at the same time, and a last one that uses their results.
    Parallel,
    /// A first step, steps that use its result at the same time, and a last one that uses theirs.
    Diamond,
    /// A step that chooses which of the next ones has something to do, and a last one for all of them.
    Decision,
    /// A first step that divides the work, the same handler for each part at the same time, and a last one that puts them together.
    Map,
    /// A chain whose second step waits until somebody has approved.
    Approval,
}

/// A step of a shape: its name, its handler, and the names of the steps before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeStep {
    pub name: String,
    pub handler: String,
    pub depends_on: Vec<String>,
}

/// The template of the sample handlers, its cases, and how it looks in a README.
struct Sample {
    template: &'static str,
    cases: &'static str,
    picture: &'static str,
}

const LINEAR: Sample = Sample {
    template: include_str!("project/linear.template.yaml.txt"),
    cases: include_str!("project/linear.cases.yaml.txt"),
    picture: "    price ─▶ tax ─▶ total",
};

const PARALLEL: Sample = Sample {
    template: include_str!("project/parallel.template.yaml.txt"),
    cases: include_str!("project/parallel.cases.yaml.txt"),
    picture: "    price ────┐
              ├─▶ total
    delivery ─┘",
};

const DIAMOND: Sample = Sample {
    template: include_str!("project/diamond.template.yaml.txt"),
    cases: include_str!("project/diamond.cases.yaml.txt"),
    picture: "            ┌─▶ tax ───────┐
    price ──┤              ├─▶ total
            └─▶ insurance ─┘",
};

const DECISION: Sample = Sample {
    template: include_str!("project/decision.template.yaml.txt"),
    cases: include_str!("project/decision.cases.yaml.txt"),
    picture: "                      ┌─▶ insured ─┐
    price ─▶ decide ──┤            ├─▶ total
                      └─▶ plain ───┘",
};

const MAP: Sample = Sample {
    template: include_str!("project/map.template.yaml.txt"),
    cases: include_str!("project/map.cases.yaml.txt"),
    picture: "            ┌─▶ first ───┐
            ├─▶ second ──┤
    split ──┤            ├─▶ total
            ├─▶ third ───┤
            └─▶ fourth ──┘",
};

const APPROVAL: Sample = Sample {
    template: include_str!("project/approval.template.yaml.txt"),
    cases: include_str!("project/approval.cases.yaml.txt"),
    picture: "    price ─▶ approval ─▶ total",
};

/// The handlers that the templates of the samples run.
pub const SAMPLE_HANDLERS: [&str; 8] = [
    "price",
    "delivery",
    "surcharge",
    "total",
    "decide",
    "split",
    "part",
    "approval",
];
/// How many parts a map has.
const PARTS: usize = 4;

impl Shape {
    fn sample(self) -> &'static Sample {
        match self {
            Self::Linear => &LINEAR,
            Self::Parallel => &PARALLEL,
            Self::Diamond => &DIAMOND,
            Self::Decision => &DECISION,
            Self::Map => &MAP,
            Self::Approval => &APPROVAL,
        }
    }

    /// The template of the sample handlers.
    pub fn template(self) -> &'static str {
        self.sample().template
    }

    /// The cases of that template.
    pub fn cases(self) -> &'static str {
        self.sample().cases
    }

    /// That template as lines of a Markdown block.
    pub fn picture(self) -> &'static str {
        self.sample().picture
    }

    /// The name as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Parallel => "parallel",
            Self::Diamond => "diamond",
            Self::Decision => "decision",
            Self::Map => "map",
            Self::Approval => "approval",
        }
    }

    /// A shape that is another one.
    pub fn other(self) -> Self {
        match self {
            Self::Diamond => Self::Parallel,
            _ => Self::Diamond,
        }
    }

    /// The fewest steps that have this shape.
    fn fewest_steps(self) -> usize {
        match self {
            Self::Linear => 2,
            Self::Parallel | Self::Approval => 3,
            Self::Diamond => 4,
            Self::Decision => 5,
            Self::Map => PARTS + 2,
        }
    }

    /// The handlers of the steps, at least as many as the shape needs. The parts of a map run those between the first and the
    /// last one.
    fn spread(self, handlers: &[String]) -> Vec<&String> {
        match (self, handlers) {
            (Self::Map, [first, between @ .., last]) if !between.is_empty() => {
                let parts = between.iter().cycle().take(PARTS.max(between.len()));
                std::iter::once(first).chain(parts).chain([last]).collect()
            }
            _ => {
                let count = handlers.len().max(self.fewest_steps());
                handlers.iter().cycle().take(count).collect()
            }
        }
    }

    /// A step for each handler, or more where the shape needs more: then handlers run in several steps.
    pub fn steps(self, handlers: &[String]) -> Vec<ShapeStep> {
        let handlers = self.spread(handlers);
        let count = handlers.len();
        let named = |at: usize| {
            let handler = handlers[at];
            match handlers[..at].iter().filter(|it| **it == handler).count() {
                0 => handler.clone(),
                before => format!("{handler}-{}", before + 1),
            }
        };
        let names: Vec<String> = (0..count).map(named).collect();
        let step = |at: usize| ShapeStep {
            name: names[at].clone(),
            handler: handlers[at].clone(),
            depends_on: names[self.before(at, count)].to_vec(),
        };
        (0..count).map(step).collect()
    }

    /// The positions of the steps that the step at this position depends on.
    fn before(self, at: usize, count: usize) -> std::ops::Range<usize> {
        let last = count - 1;
        match (self, at) {
            (_, 0) => 0..0,
            (Self::Linear | Self::Approval, _) => at - 1..at,
            (Self::Parallel, _) if at == last => 0..last,
            (Self::Parallel, _) => 0..0,
            (Self::Diamond | Self::Map, _) if at == last => 1..last,
            (Self::Diamond | Self::Map, _) => 0..1,
            (Self::Decision, 1) => 0..1,
            (Self::Decision, _) if at == last => 2..last,
            (Self::Decision, _) => 1..2,
        }
    }

    /// How many steps run one after another.
    pub fn depth(self, steps: usize) -> usize {
        match self {
            Self::Linear | Self::Approval => steps,
            Self::Parallel => 2,
            Self::Diamond | Self::Map => 3,
            Self::Decision => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(shape: Shape, handlers: &[&str]) -> Vec<String> {
        let handlers: Vec<String> = handlers.iter().map(|it| (*it).to_owned()).collect();
        let steps = shape.steps(&handlers).into_iter();
        let line = |step: ShapeStep| format!("{} < {}", step.name, step.depends_on.join(" "));
        steps.map(|step| line(step).trim_end().to_owned()).collect()
    }

    #[test]
    fn steps_depend_on_each_other_as_their_shape_says() {
        let handlers = ["a", "b", "c", "d", "e"];
        assert_eq!(
            drawn(Shape::Linear, &handlers),
            ["a <", "b < a", "c < b", "d < c", "e < d"]
        );
        assert_eq!(
            drawn(Shape::Parallel, &handlers),
            ["a <", "b <", "c <", "d <", "e < a b c d"]
        );
        assert_eq!(
            drawn(Shape::Diamond, &handlers),
            ["a <", "b < a", "c < a", "d < a", "e < b c d"]
        );
        assert_eq!(
            drawn(Shape::Decision, &handlers),
            ["a <", "b < a", "c < b", "d < b", "e < c d"]
        );
        assert_eq!(
            drawn(Shape::Approval, &["a", "b", "c"]),
            ["a <", "b < a", "c < b"]
        );
    }

    #[test]
    fn the_parts_of_a_map_run_the_handlers_between_the_first_and_the_last() {
        assert_eq!(
            drawn(Shape::Map, &["split", "part", "merge"]),
            [
                "split <",
                "part < split",
                "part-2 < split",
                "part-3 < split",
                "part-4 < split",
                "merge < part part-2 part-3 part-4"
            ]
        );
        assert_eq!(drawn(Shape::Map, &["a"]).len(), PARTS + 2);
        assert_eq!(drawn(Shape::Map, &["a", "b"]).len(), PARTS + 2);
    }

    #[test]
    fn a_handler_runs_in_several_steps_where_the_shape_has_more() {
        assert_eq!(
            drawn(Shape::Linear, &["greet"]),
            ["greet <", "greet-2 < greet"]
        );
        assert_eq!(
            drawn(Shape::Diamond, &["a", "b"]),
            ["a <", "b < a", "a-2 < a", "b-2 < b a-2"]
        );
    }
}
