//! Which events somebody is given.

use super::event::Event;
use super::filter::Filter;
use std::fmt;
use std::sync::Arc;
use tasker_engine::wanted_rows::WantedRows;

/// Which events somebody is given: a filter and what they may read. Clones are the same.
#[derive(Clone)]
pub struct Wants {
    /// Where these events are: other rows are not read for them.
    rows: WantedRows,
    test: Arc<dyn Fn(&Event) -> bool + Send + Sync>,
}

impl Wants {
    /// The events of these rows that pass the test.
    pub fn new(rows: WantedRows, test: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        Self {
            rows,
            test: Arc::new(test),
        }
    }

    /// All events.
    pub fn all() -> Self {
        Self::new(WantedRows::all(), |_| true)
    }

    /// Those that pass this test too.
    pub fn and(self, test: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        let is_wanted = self.test;
        Self {
            test: Arc::new(move |event| test(event) && is_wanted(event)),
            ..self
        }
    }

    /// True for an event that is wanted.
    pub fn matches(&self, event: &Event) -> bool {
        (self.test)(event)
    }

    /// The rows that may have wanted events.
    pub fn rows(&self) -> &WantedRows {
        &self.rows
    }
}

impl From<Filter> for Wants {
    fn from(filter: Filter) -> Self {
        Self::new(filter.rows(), move |event| filter.matches(event))
    }
}

impl fmt::Debug for Wants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wants")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
