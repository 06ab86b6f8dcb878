//! Finds an order of calls that were made at once in which the model comes to what the database has.

use super::call::{Call, Company};
use crate::model::compare::{Seen, seen};
use crate::model::reference::{Held, Model};

/// The model after the calls of all sequences, each sequence's in its order. Fails where no order leads to `found`.
pub fn explain(before: &Model, sequences: &[Vec<Call>], found: &Seen) -> Model {
    let is_alone = sequences.len() <= 1;
    let given_out: Vec<Held> = sequences.iter().flatten().flat_map(Call::claimed).collect();
    let mut search = Search {
        is_alone,
        before,
        given_out: &given_out,
        sequences,
        found,
        farthest: (0, String::new()),
    };
    let after = search.go_on(before, &vec![0; sequences.len()]);
    after.unwrap_or_else(|| {
        let (calls, differs) = search.farthest;
        panic!("no order of these calls explains the answers and the tables; after {calls}: {differs}\n{sequences:#?}")
    })
}

struct Search<'s> {
    is_alone: bool,
    before: &'s Model,
    given_out: &'s [Held],
    sequences: &'s [Vec<Call>],
    found: &'s Seen,
    /// How many calls could be explained, and why the next could not.
    farthest: (usize, String),
}

impl<'s> Search<'s> {
    /// Goes on where so many calls of each sequence are done.
    fn go_on(&mut self, model: &Model, done: &[usize]) -> Option<Model> {
        let mut is_end = true;
        for (sequence, calls) in self.sequences.iter().enumerate() {
            let Some(call) = calls.get(done[sequence]) else {
                continue;
            };
            is_end = false;
            for unseen in self.unseen_by(call) {
                let company = Company {
                    is_alone: self.is_alone,
                    before: self.before,
                    unseen,
                };
                let (mut model, mut done) = (model.clone(), done.to_vec());
                match call.explain(&mut model, company) {
                    Ok(()) => {
                        done[sequence] += 1;
                        if let Some(after) = self.go_on(&model, &done) {
                            return Some(after);
                        }
                    }
                    Err(differs) => self.note(&done, || format!("{call:?}: {differs}")),
                }
            }
        }
        if !is_end {
            return None;
        }
        let expected = seen(model);
        if expected == *self.found {
            return Some(model.clone());
        }
        self.note(done, || self.found.differs_from(&expected));
        None
    }

    /// What a call may have seen of the leases that were given out at the same time: all, or none.
    fn unseen_by(&self, call: &Call) -> Vec<&'s [Held]> {
        match call.releases() && !self.is_alone && !self.given_out.is_empty() {
            true => vec![&[], self.given_out],
            false => vec![&[]],
        }
    }

    fn note(&mut self, done: &[usize], why: impl FnOnce() -> String) {
        let explained: usize = done.iter().sum();
        if explained >= self.farthest.0 {
            self.farthest = (explained, why());
        }
    }
}
