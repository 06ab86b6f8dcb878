//! Rows to sums, and sums of parts to sums of all.

use crate::Table;
use crate::split::{Part, Parts};
use crate::summary::{Figures, Summary};
use csv::{ReaderBuilder, StringRecord};
use tasker_sdk::prelude::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    of: String,
    part: usize,
    group_by: String,
    columns: Vec<String>,
}

pub fn aggregate(ctx: &Context, table: Table) -> Result<Summary, Failure> {
    let config: Config = ctx.config()?;
    let parts: Parts = ctx.dependency(&config.of)?;
    let part = parts
        .parts
        .get(config.part)
        .ok_or_else(|| no_part(&config, &parts))?;
    let group_by = Column::find(&parts, &config.group_by)?;
    let columns = config
        .columns
        .iter()
        .map(|name| Column::find(&parts, name))
        .collect::<Result<Vec<_>, _>>()?;
    info!(part = config.part, rows = part.rows; "summing up");
    sum_up(text(&table, part)?, &group_by, &columns)
}

fn sum_up(rows: &str, group_by: &Column<'_>, columns: &[Column<'_>]) -> Result<Summary, Failure> {
    let mut summary = Summary::default();
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .from_reader(rows.as_bytes());
    for row in reader.into_records() {
        let row = row.or_permanent("invalid_csv")?;
        let group = summary
            .groups
            .entry(group_by.cell(&row).to_owned())
            .or_default();
        for column in columns {
            if let Some(number) = column.number(&row)? {
                group.add(column.name, Figures::of(number));
            }
        }
        group.rows += 1;
        summary.rows += 1;
    }
    Ok(summary)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    of: Vec<String>,
}

pub fn merge(ctx: &Context) -> Result<Summary, Failure> {
    let Merge { of } = ctx.config()?;
    of.iter().try_fold(Summary::default(), |so_far, step| {
        Ok(so_far.join(ctx.dependency(step)?))
    })
}

struct Column<'a> {
    name: &'a str,
    index: usize,
}

impl<'a> Column<'a> {
    fn find(parts: &Parts, name: &'a str) -> Result<Self, Failure> {
        let index = parts.columns.iter().position(|column| column == name);
        let index = index.ok_or_else(|| no_column(parts, name))?;
        Ok(Self { name, index })
    }

    fn cell<'r>(&self, row: &'r StringRecord) -> &'r str {
        row.get(self.index).unwrap_or_default()
    }

    fn number(&self, row: &StringRecord) -> Result<Option<f64>, Failure> {
        match self.cell(row).trim() {
            "" => Ok(None),
            cell => cell
                .parse()
                .map(Some)
                .map_err(|_| not_a_number(self.name, cell)),
        }
    }
}

fn text<'t>(table: &'t Table, part: &Part) -> Result<&'t str, Failure> {
    table.csv.get(part.from..part.to).ok_or_else(|| {
        let message = format!(
            "the table has no bytes {} to {}; it was split from another",
            part.from, part.to
        );
        Failure::permanent("no_part", message)
    })
}

fn no_part(config: &Config, parts: &Parts) -> Failure {
    let message = format!(
        "there is no part {}; `{}` made {}, numbered from 0",
        config.part,
        config.of,
        parts.parts.len()
    );
    Failure::permanent("no_part", message)
}

fn no_column(parts: &Parts, name: &str) -> Failure {
    Failure::permanent(
        "no_column",
        format!(
            "there is no column `{name}`; there are {}",
            parts.columns.join(", ")
        ),
    )
}

fn not_a_number(column: &str, cell: &str) -> Failure {
    Failure::permanent(
        "not_a_number",
        format!("`{cell}` in the column `{column}` is not a number"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    fn one_part(csv: &str, column: &str) -> Result<Summary, Failure> {
        let split = json!({"columns": ["kind", "size"], "parts": [{"from": 10, "to": csv.len(), "rows": 1}]});
        let config = json!({"of": "split", "part": 0, "group_by": "kind", "columns": [column]});
        let ctx = Attempt::new()
            .dependency("split", split)
            .config(config)
            .context();
        aggregate(
            &ctx,
            Table {
                csv: csv.to_owned(),
            },
        )
    }

    #[test]
    fn a_cell_that_is_not_a_number_is_named() {
        let failure = one_part("kind,size\nfir,tall\n", "size").unwrap_err();
        assert_eq!(
            failure.message(),
            "`tall` in the column `size` is not a number"
        );
    }

    #[test]
    fn a_column_that_is_not_there_is_reported_with_those_that_are() {
        let failure = one_part("kind,size\nfir,3\n", "colour").unwrap_err();
        assert_eq!(
            failure.message(),
            "there is no column `colour`; there are kind, size"
        );
    }

    #[test]
    fn an_empty_cell_counts_as_a_row_but_not_as_a_number() {
        let summary = one_part("kind,size\nfir,\n", "size").unwrap();
        assert_eq!((summary.rows, summary.groups["fir"].columns.len()), (1, 0));
    }
}
