//! Orders of lists: by which member of the items a list goes, which way, and behind which item a part of it begins.

use std::fmt;

/// Which way a list goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the lowest on.
    #[default]
    Ascending,
    /// From the highest on.
    Descending,
}

impl Direction {
    /// The first of two values that a list in this direction comes to.
    pub fn first_of<T>(self, lowest: T, highest: T) -> T {
        match self {
            Self::Ascending => lowest,
            Self::Descending => highest,
        }
    }

    /// True if a list in this direction has `value` behind `other`.
    pub fn is_behind<T: PartialOrd>(self, value: &T, other: &T) -> bool {
        match self {
            Self::Ascending => value > other,
            Self::Descending => value < other,
        }
    }
}

/// The member by which a list goes, and which way it does unless it is asked for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// As the items have it, such as `created_at`.
    pub key: &'static str,
    pub default: Direction,
}

impl Order {
    /// What asks for a direction: the key, with a minus before it for the highest first.
    pub fn text(self, direction: Direction) -> String {
        let sign = direction.first_of("", "-");
        format!("{sign}{}", self.key)
    }

    /// The direction that a text asks for; the error names those that there are.
    pub fn parse(self, text: &str) -> Result<Direction, UnknownOrder> {
        let ways = [Direction::Ascending, Direction::Descending];
        let asked = ways.into_iter().find(|way| self.text(*way) == text);
        asked.ok_or_else(|| UnknownOrder {
            text: text.to_owned(),
            order: self,
        })
    }
}

/// A list has no such order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOrder {
    text: String,
    order: Order,
}

impl fmt::Display for UnknownOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, order) = (self.text.escape_debug(), self.order);
        let ways = [Direction::Ascending, Direction::Descending];
        let [up, down] = ways.map(|way| order.text(way));
        write!(
            f,
            "`{text}` is no order of this list; use `{up}` or `{down}`"
        )
    }
}

impl std::error::Error for UnknownOrder {}

/// A part of a list: which way it goes, the place behind which it begins, and how many rows it has at most.
///
/// A place is that of an item, and means the same in both directions: behind it is what comes after the item in the
/// direction of the part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seek<C> {
    pub direction: Direction,
    /// None: from the first item on.
    pub after: Option<C>,
    pub limit: i64,
}

impl<C> Seek<C> {
    /// The first rows in a direction.
    pub fn first(direction: Direction, limit: i64) -> Self {
        Self {
            direction,
            after: None,
            limit,
        }
    }

    /// The first rows from the lowest on.
    pub fn lowest(limit: i64) -> Self {
        Self::first(Direction::Ascending, limit)
    }

    /// The first rows from the highest on.
    pub fn highest(limit: i64) -> Self {
        Self::first(Direction::Descending, limit)
    }

    /// The same part, with its place as something else.
    pub fn map<'s, D>(&'s self, place: impl FnOnce(&'s C) -> D) -> Seek<D> {
        Seek {
            direction: self.direction,
            after: self.after.as_ref().map(place),
            limit: self.limit,
        }
    }

    /// The same with a place that has to be read first.
    pub fn try_map<'s, D, E>(
        &'s self,
        place: impl FnOnce(&'s C) -> Result<D, E>,
    ) -> Result<Seek<D>, E> {
        Ok(Seek {
            direction: self.direction,
            after: self.after.as_ref().map(place).transpose()?,
            limit: self.limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Order = Order {
        key: "created_at",
        default: Direction::Descending,
    };

    #[test]
    fn an_order_is_the_key_and_the_other_way_has_a_minus() {
        assert_eq!(NEWEST.parse("created_at"), Ok(Direction::Ascending));
        assert_eq!(NEWEST.parse("-created_at"), Ok(Direction::Descending));
    }

    #[test]
    fn an_unknown_order_is_refused_with_those_that_there_are() {
        for wrong in ["", "-", "+created_at", "--created_at", "name", "Created_at"] {
            let refused = NEWEST.parse(wrong).unwrap_err().to_string();
            assert!(
                refused.ends_with("use `created_at` or `-created_at`"),
                "{refused}"
            );
        }
    }
}
