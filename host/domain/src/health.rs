//! How well a host, or a part of it, is.

use super::named_enum::named_enum;

named_enum! {
    /// How well a part of a host is. The worst is the greatest.
    #[derive(strum::Display)]
    pub enum HealthState {
        /// As it should be.
        Ok,
        /// It works, but somebody should look at it.
        Degraded,
        /// It does not work.
        Down,
    }
}

named_enum! {
    /// What a value of a part is counted in.
    #[derive(strum::Display)]
    pub enum HealthUnit {
        Seconds,
        Bytes,
        Count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_the_greatest() {
        let all = [HealthState::Degraded, HealthState::Down, HealthState::Ok];
        assert_eq!(all.into_iter().max(), Some(HealthState::Down));
    }
}
