//! Lists in the database: one statement for both directions, which also counts what it lists.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow};
use tasker_domain::order::{Direction, Seek};

/// As far as the rows of a list are counted.
pub const MAX_COUNTED: i64 = 10_000;

/// The statement of a list, from the lowest row on and from the highest. The macro [`listing!`](macro@crate::listing) makes
/// both of one text.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    pub ascending: &'static str,
    pub descending: &'static str,
}

impl Listing {
    /// The statement in a direction.
    pub fn rows(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Ascending => self.ascending,
            Direction::Descending => self.descending,
        }
    }

    /// Counts the rows instead of reading them; to be asked for the part [`counting`].
    pub fn count(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("select count(*) from ({}) l", self.ascending))
    }
}

/// The part of a list that is counted: all of it, as far as [`MAX_COUNTED`] and one row.
pub fn counting<C>() -> Seek<C> {
    Seek::lowest(MAX_COUNTED + 1)
}

/// A row of a list, or how many there are.
pub trait ListRow: for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, PgRow> + Send + Unpin> ListRow for T {}

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCount {
    pub count: i64,
    /// False if it is estimated, or if there are more.
    pub is_exact: bool,
}

impl RowCount {
    /// So many, as far as they are counted.
    pub fn of(count: i64) -> Self {
        Self {
            count: count.min(MAX_COUNTED),
            is_exact: count <= MAX_COUNTED,
        }
    }

    /// What statements counted that [`Listing::count`] made, each of a part of the list.
    pub fn of_rows(counted: &[(i64,)]) -> Self {
        Self::of(counted.iter().map(|(count,)| count).sum())
    }
}

/// Makes a [`Listing`] of the pieces of a statement that lists from the lowest row on. What the other direction has
/// otherwise stands between the texts: `>` and `>=`, and `asc`.
#[macro_export]
macro_rules! listing {
    ($($piece:tt)+) => {
        $crate::listing::Listing {
            ascending: concat!($($crate::listing_piece!(up $piece)),+),
            descending: concat!($($crate::listing_piece!(down $piece)),+),
        }
    };
}

/// A piece of a statement, in a direction; a part of [`listing!`].
#[doc(hidden)]
#[macro_export]
macro_rules! listing_piece {
    (up >) => {
        ">"
    };
    (down >) => {
        "<"
    };
    (up >=) => {
        ">="
    };
    (down >=) => {
        "<="
    };
    (up <=) => {
        "<="
    };
    (down <=) => {
        ">="
    };
    (up asc) => {
        "asc"
    };
    (down asc) => {
        "desc"
    };
    ($way:ident $text:literal) => {
        $text
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_and_sorted_one_way_is_so_the_other_way_too() {
        let list = crate::listing!("select a from t where a " > " $1 and a " <= " $2 order by a " asc " limit $3");
        assert_eq!(
            list.rows(Direction::Ascending),
            "select a from t where a > $1 and a <= $2 order by a asc limit $3"
        );
        assert_eq!(
            list.rows(Direction::Descending),
            "select a from t where a < $1 and a >= $2 order by a desc limit $3"
        );
    }

    #[test]
    fn more_rows_than_are_counted_are_not_said_to_be_so_many() {
        assert!(RowCount::of_rows(&[(MAX_COUNTED,)]).is_exact);
        let more = RowCount::of_rows(&[(MAX_COUNTED,), (1,)]);
        assert_eq!((more.count, more.is_exact), (MAX_COUNTED, false));
    }
}
