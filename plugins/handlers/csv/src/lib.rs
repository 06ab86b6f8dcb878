//! A table is split, its parts are summed up side by side, and the sums become one report.

mod aggregate;
mod report;
mod split;
mod summary;

use aggregate::{aggregate, merge};
use report::report;
use split::split;
use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    /// Cuts the rows of the input's `csv` into `config.parts` parts of equal length.
    #[errors("no_rows", "invalid_csv")]
    split,

    /// Sums up part `config.part` of the split `config.of`: for each value of the column
    /// `config.group_by`, count, smallest, largest and sum of each column in `config.columns`.
    #[errors("no_part", "no_column", "not_a_number", "invalid_csv")]
    aggregate,

    /// Joins the sums of the steps in `config.of`.
    merge,

    /// Turns the sums of the step `config.of` into a table with means, for people and machines.
    report,
}

/// What a task over a table starts with.
#[derive(Deserialize, JsonSchema)]
struct Table {
    /// Comma-separated values; the first row names the columns.
    csv: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    const TABLE: &str = "kind,size\nfir,3\noak,10\nfir,5\noak,\nelm,1\n";

    fn run(name: &str, attempt: Attempt) -> Value {
        let input = json!({"csv": TABLE}).to_string();
        match HANDLERS.execute(name, &attempt.context(), &input).unwrap() {
            Outcome::Complete(result) => result.parse().unwrap(),
            Outcome::Checkpoint(kept) => panic!("{kept}"),
        }
    }

    #[test]
    fn the_parts_of_a_table_add_up_to_its_report() {
        let parts = run("split", Attempt::new().config(json!({"parts": 2})));
        let part = |part| {
            let config =
                json!({"of": "split", "part": part, "group_by": "kind", "columns": ["size"]});
            run(
                "aggregate",
                Attempt::new().config(config).dependency("split", &parts),
            )
        };
        let both = Attempt::new()
            .dependency("a", part(0))
            .dependency("b", part(1));
        let merged = run("merge", both.config(json!({"of": ["a", "b"]})));
        let report = run(
            "report",
            Attempt::new()
                .config(json!({"of": "merge", "title": "Trees"}))
                .dependency("merge", merged),
        );

        assert_eq!(report["rows"], 5);
        assert_eq!(
            report["groups"][1],
            json!({"name": "fir", "rows": 2, "columns": {"size": {"count": 2, "min": 3.0, "mean": 4.0, "max": 5.0}}})
        );
        assert_eq!(report["groups"][2]["columns"]["size"]["count"], 1);
    }
}
