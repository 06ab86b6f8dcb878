//! Where each part of a table begins and ends.

use crate::Table;
use csv::{ByteRecord, Reader};
use tasker_sdk::prelude::*;

/// The parts of a table. They point into its text, so that the rows themselves travel once.
#[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Parts {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// In the table's order.
    pub parts: Vec<Part>,
}

/// Some rows that stand together.
#[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Part {
    /// The first byte of the first row.
    pub from: usize,
    /// The byte after the last row.
    pub to: usize,
    /// How many rows.
    pub rows: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    parts: usize,
}

pub fn split(ctx: &Context, table: Table) -> Result<Parts, Failure> {
    let Config { parts } = ctx.config()?;
    let mut reader = Reader::from_reader(table.csv.as_bytes());
    let columns = reader
        .headers()
        .or_permanent("invalid_csv")?
        .iter()
        .map(str::to_owned)
        .collect();
    let starts = row_starts(&mut reader)?;
    if starts.is_empty() {
        return Err(Failure::permanent(
            "no_rows",
            "the table has no rows to split",
        ));
    }
    Ok(Parts {
        columns,
        parts: cut(&starts, table.csv.len(), parts.clamp(1, starts.len())),
    })
}

fn row_starts(reader: &mut Reader<&[u8]>) -> Result<Vec<usize>, Failure> {
    let mut starts = Vec::new();
    let mut row = ByteRecord::new();
    while reader
        .read_byte_record(&mut row)
        .or_permanent("invalid_csv")?
    {
        let position = row.position().expect("a row that was read has a position");
        starts.push(usize::try_from(position.byte()).expect("it lies within the text"));
    }
    Ok(starts)
}

fn cut(starts: &[usize], end: usize, parts: usize) -> Vec<Part> {
    let bound = |part: usize| part * starts.len() / parts;
    let byte = |row: usize| starts.get(row).copied().unwrap_or(end);
    let part = |part: usize| {
        let (first, after) = (bound(part), bound(part + 1));
        Part {
            from: byte(first),
            to: byte(after),
            rows: after - first,
        }
    };
    (0..parts).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    fn parts_of(csv: &str, parts: usize) -> Result<Vec<String>, Failure> {
        let ctx = Attempt::new().config(json!({ "parts": parts })).context();
        let split = split(
            &ctx,
            Table {
                csv: csv.to_owned(),
            },
        )?;
        Ok(split
            .parts
            .iter()
            .map(|part| csv[part.from..part.to].to_owned())
            .collect())
    }

    #[test]
    fn every_row_is_in_one_part() {
        assert_eq!(
            parts_of("a\n1\n2\n3\n4\n5\n", 2).unwrap(),
            ["1\n2\n", "3\n4\n5\n"]
        );
    }

    #[test]
    fn a_line_break_inside_quotes_does_not_end_a_row() {
        assert_eq!(
            parts_of("a,b\n1,\"x\ny\"\n2,z", 2).unwrap(),
            ["1,\"x\ny\"\n", "2,z"]
        );
    }

    #[test]
    fn there_are_no_more_parts_than_rows() {
        assert_eq!(parts_of("a\n1\n2\n", 9).unwrap().len(), 2);
        assert_eq!(parts_of("a\n", 2).unwrap_err().code(), "no_rows");
    }
}
