//! A hint of this host that there may be work: its own worker looks first, and the others are told only if that does not
//! have all of it. So a step that this host runs itself wakes nobody, and costs one claim however many hosts there are.

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum OwnHint {
    #[default]
    None,
    /// A claim is to be made for it.
    Waiting,
    /// A claim is under way that began after it.
    Claiming,
    /// The others are to be told.
    ForOthers,
}

impl OwnHint {
    pub(super) fn come(&mut self) {
        if *self != Self::ForOthers {
            *self = Self::Waiting;
        }
    }

    pub(super) fn begin_claim(&mut self) {
        if *self == Self::Waiting {
            *self = Self::Claiming;
        }
    }

    /// The claim has an answer; whether there is work for others too. A hint that came meanwhile waits for the next one.
    pub(super) fn end_claim(&mut self, is_for_others: bool) {
        match (&self, is_for_others) {
            (Self::Claiming, true) => *self = Self::ForOthers,
            (Self::Claiming, false) => *self = Self::None,
            _ => {}
        }
    }

    /// No claim is made for it soon.
    pub(super) fn give_up(&mut self) {
        if matches!(self, Self::Waiting | Self::Claiming) {
            *self = Self::ForOthers;
        }
    }

    /// True once if the others are to be told.
    pub(super) fn take_for_others(&mut self) -> bool {
        let is_for_others = *self == Self::ForOthers;
        if is_for_others {
            *self = Self::None;
        }
        is_for_others
    }
}
