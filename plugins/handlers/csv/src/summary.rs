//! Sums of numbers by group, which can be joined.

use std::collections::BTreeMap;
use tasker_sdk::prelude::*;

/// Sums over some rows of a table.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Summary {
    /// How many rows.
    pub rows: u64,
    /// By the value of the column that groups.
    pub groups: BTreeMap<String, Group>,
}

/// Sums over the rows of one group.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Group {
    /// How many rows.
    pub rows: u64,
    /// By column.
    pub columns: BTreeMap<String, Figures>,
}

/// Sums over the numbers of one column.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
pub struct Figures {
    /// How many numbers; empty cells have none.
    pub count: u64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// All together.
    pub sum: f64,
}

impl Summary {
    /// Adds the sums over other rows of the same table.
    pub fn join(mut self, other: Self) -> Self {
        self.rows += other.rows;
        for (name, group) in other.groups {
            self.groups.entry(name).or_default().join(group);
        }
        self
    }
}

impl Group {
    fn join(&mut self, other: Self) {
        self.rows += other.rows;
        for (column, figures) in other.columns {
            self.add(&column, figures);
        }
    }

    /// Adds numbers of one column.
    pub fn add(&mut self, column: &str, figures: Figures) {
        match self.columns.get_mut(column) {
            Some(so_far) => *so_far = so_far.join(&figures),
            None => {
                self.columns.insert(column.to_owned(), figures);
            }
        }
    }
}

impl Figures {
    /// Of one number.
    pub fn of(number: f64) -> Self {
        Self {
            count: 1,
            min: number,
            max: number,
            sum: number,
        }
    }

    /// The average.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    fn join(&self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
        }
    }
}
