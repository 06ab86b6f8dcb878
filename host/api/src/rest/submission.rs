//! A submit of one task or of several, depending on the body.

use schemars::JsonSchema;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor, value};
use serde::{Deserialize, Serialize};
use std::fmt;
use tasker_domain::submit::Submit;
use tasker_wire::task::{Submission, SubmittedBatch, SubmittedTask};

#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMany {
    One(Box<Submit>),
    Many(Vec<Submit>),
}

/// The answer to either.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum SubmitAnswer {
    One(Box<SubmittedTask>),
    Many(SubmittedBatch),
}

impl Submission for OneOrMany {
    type Answer = SubmitAnswer;
}

impl OneOrMany {
    pub fn submits(&self) -> &[Submit] {
        match self {
            Self::One(submit) => std::slice::from_ref(submit),
            Self::Many(submits) => submits,
        }
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SubmitVisitor)
    }
}

struct SubmitVisitor;

impl<'de> Visitor<'de> for SubmitVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a submit (an object) or an array of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany, A::Error> {
        let submit = Submit::deserialize(value::MapAccessDeserializer::new(map))?;
        Ok(OneOrMany::One(Box::new(submit)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
        let submits = Vec::deserialize(value::SeqAccessDeserializer::new(seq))?;
        Ok(OneOrMany::Many(submits))
    }
}
