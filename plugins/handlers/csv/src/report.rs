//! Sums as people want to read them.

use crate::summary::{Figures, Group, Summary};
use std::collections::BTreeMap;
use tasker_sdk::prelude::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    of: String,
    #[serde(default)]
    title: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Report {
    title: String,
    /// How many rows the table has.
    rows: u64,
    groups: Vec<Line>,
    /// The same as a Markdown table.
    text: String,
}

#[derive(Serialize, JsonSchema)]
struct Line {
    /// The value that the rows have in common.
    name: String,
    rows: u64,
    columns: BTreeMap<String, Averages>,
}

/// Of one column in one group, rounded to two decimals.
#[derive(Serialize, JsonSchema)]
struct Averages {
    count: u64,
    min: f64,
    mean: f64,
    max: f64,
}

pub fn report(ctx: &Context) -> Result<Report, Failure> {
    let Config { of, title } = ctx.config()?;
    let Summary { rows, groups } = ctx.dependency(&of)?;
    let groups: Vec<_> = groups.into_iter().map(Line::from).collect();
    let text = markdown(&groups);
    Ok(Report {
        title,
        rows,
        groups,
        text,
    })
}

impl From<(String, Group)> for Line {
    fn from((name, group): (String, Group)) -> Self {
        let columns = group
            .columns
            .into_iter()
            .map(|(column, figures)| (column, figures.into()))
            .collect();
        Self {
            name,
            rows: group.rows,
            columns,
        }
    }
}

impl From<Figures> for Averages {
    fn from(figures: Figures) -> Self {
        let rounded = |number: f64| (number * 100.0).round() / 100.0;
        Self {
            count: figures.count,
            min: rounded(figures.min),
            mean: rounded(figures.mean()),
            max: rounded(figures.max),
        }
    }
}

fn markdown(groups: &[Line]) -> String {
    let mut text =
        "| group | rows | column | min | mean | max |\n|---|--:|---|--:|--:|--:|\n".to_owned();
    for Line {
        name,
        rows,
        columns,
    } in groups
    {
        for (column, Averages { min, mean, max, .. }) in columns {
            text.push_str(&format!(
                "| {name} | {rows} | {column} | {min} | {mean} | {max} |\n"
            ));
        }
    }
    text
}
