//! Numbers as they are written, compared exactly and without making them large.

use serde_json::Number;
use std::cmp::Ordering;

/// A number: ± 0.`digits` × 10^`exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    exponent: i128,
}

impl Decimal {
    /// None where the exponent is beyond all measure.
    pub fn of(number: &Number) -> Option<Self> {
        let text = number.as_str();
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = all.len() - digits.len();
        let digits = digits.trim_end_matches('0').to_owned();
        let exponent = match digits.is_empty() {
            true => 0,
            false => i128::from(exponent) + whole.len() as i128 - zeros as i128,
        };
        Some(Self {
            is_negative: text.starts_with('-') && !digits.is_empty(),
            digits,
            exponent,
        })
    }

    /// True where it has no fraction.
    pub fn is_integer(&self) -> bool {
        self.digits.len() as i128 <= self.exponent
    }

    /// How many digits it has where it is written without an exponent, about.
    pub fn size(&self) -> u64 {
        let digits = self.digits.len() as u128;
        let beyond = match self.exponent {
            ..=0 => self.exponent.unsigned_abs() + digits,
            _ => self.exponent.unsigned_abs().max(digits),
        };
        u64::try_from(beyond).unwrap_or(u64::MAX)
    }

    fn compare_sizes(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (false, false) => {
                let exponents = self.exponent.cmp(&other.exponent);
                exponents.then_with(|| self.digits.cmp(&other.digits))
            }
            (self_is_zero, other_is_zero) => other_is_zero.cmp(&self_is_zero),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_sizes(other),
            (true, true) => other.compare_sizes(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn numbers_are_in_order_however_they_are_written() {
        let ordered = [
            "-1e400",
            "-18446744073709551616",
            "-1.5",
            "-1e-400",
            "0",
            "1e-400",
            "0.1",
            "0.10000000000000000000000001",
            "1",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551616",
            "1e400",
        ];
        for (place, one) in ordered.iter().enumerate() {
            for (other_place, other) in ordered.iter().enumerate() {
                let order = decimal(one).cmp(&decimal(other));
                assert_eq!(order, place.cmp(&other_place), "{one} {other}");
            }
        }
    }

    #[test]
    fn one_number_is_equal_in_all_its_ways_to_be_written() {
        for (one, other) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("1500", "1.5E+3"),
            ("0.001", "1e-3"),
            ("-0", "0.00"),
            ("0e5", "0"),
        ] {
            assert_eq!(decimal(one), decimal(other), "{one} {other}");
        }
    }

    #[test]
    fn a_fraction_is_told_where_a_float_would_have_lost_it() {
        assert!(!decimal("9007199254740993.5").is_integer());
        assert!(decimal("1e400").is_integer() && decimal("-5.0").is_integer());
        assert!(decimal("0").is_integer() && !decimal("1e-400").is_integer());
        assert!(Decimal::of(&"1e99999999999999999999".parse().unwrap()).is_none());
    }
}
