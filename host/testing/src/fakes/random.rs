//! Random numbers that are the same in every run.

use crate::case::Random;
use sha2::{Digest as _, Sha256};
use tasker_sandbox::GuestRandom;

/// After this many bytes they begin again.
const RANDOM_BYTES: usize = 16 << 10;

/// The numbers of a seed, others for each attempt; of a recorded attempt those that it drew.
pub fn random_numbers(random: &Random, attempt: u64) -> GuestRandom {
    match random {
        Random::Seed(seed) => GuestRandom::Bytes(bytes(*seed, attempt).into()),
        Random::Recorded(seed) => GuestRandom::Recorded(seed.clone()),
    }
}

fn bytes(seed: u64, attempt: u64) -> Vec<u8> {
    let blocks = (0_u64..).map(|block| {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(attempt.to_le_bytes());
        hash.update(block.to_le_bytes());
        hash.finalize()
    });
    let bytes = blocks.flat_map(|block| block.to_vec());
    bytes.take(RANDOM_BYTES).collect()
}
