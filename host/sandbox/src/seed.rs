//! Random numbers that can be drawn again.

use data_encoding::HEXLOWER_PERMISSIVE;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use tasker_domain::secret;
use uuid::Uuid;

/// Bytes of a seed.
const SEED_BYTES: usize = 32;
/// Bytes of one block.
const BLOCK_BYTES: usize = 32;

/// What all random numbers of an attempt are made from. Nobody can compute it from them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed([u8; SEED_BYTES]);

/// For what numbers are drawn; those of one purpose say nothing about those of another.
#[derive(Clone, Copy)]
enum Purpose {
    Secure = 1,
    Insecure = 2,
    InsecureSeed = 3,
    Placeholder = 4,
}

impl Seed {
    /// In place of the seed of a recording that has none, which is refused at once.
    pub(crate) const NONE: Self = Self([0; SEED_BYTES]);

    /// Another one for each attempt; none where the system has no random bytes.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = [0; SEED_BYTES];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The seed that a recording has.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn to_hex(self) -> String {
        HEXLOWER_PERMISSIVE.encode(&self.0)
    }

    /// The numbers of `wasi:random/random`.
    pub(crate) fn secure(self) -> SeededRandom {
        SeededRandom::new(self, Purpose::Secure)
    }

    /// The numbers of `wasi:random/insecure`.
    pub(crate) fn insecure(self) -> SeededRandom {
        SeededRandom::new(self, Purpose::Insecure)
    }

    /// The number of `wasi:random/insecure-seed`.
    pub(crate) fn insecure_seed(self) -> u128 {
        let block = self.block(Purpose::InsecureSeed, b"");
        u128::from_le_bytes(std::array::from_fn(|at| block[at]))
    }

    /// The random part of the placeholder of a secret.
    pub(crate) fn placeholder(self, name: &str) -> [u8; 16] {
        let block = self.block(Purpose::Placeholder, name.as_bytes());
        std::array::from_fn(|at| block[at])
    }

    fn block(self, purpose: Purpose, text: &[u8]) -> [u8; BLOCK_BYTES] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update([purpose as u8]);
        hash.update(text);
        hash.finalize().into()
    }
}

/// The random part of the placeholder of a secret: from the seed where the attempt has one.
pub(crate) fn placeholder_bytes(seed: Option<Seed>, name: &str) -> [u8; 16] {
    match seed {
        Some(seed) => seed.placeholder(name),
        None => Uuid::new_v4().into_bytes(),
    }
}

/// The placeholder that a recorded attempt had for a secret; `None` if this is no seed.
pub fn recorded_placeholder(seed: &str, name: &str) -> Option<String> {
    let seed = Seed::parse(seed)?;
    Some(secret::placeholder(seed.placeholder(name)))
}

/// One block after the other: SHA-256 of the seed and a counter.
pub(crate) struct SeededRandom {
    seed: Seed,
    purpose: Purpose,
    counter: u64,
    block: [u8; BLOCK_BYTES],
    used: usize,
}

impl SeededRandom {
    fn new(seed: Seed, purpose: Purpose) -> Self {
        Self {
            seed,
            purpose,
            counter: 0,
            block: [0; BLOCK_BYTES],
            used: BLOCK_BYTES,
        }
    }

    fn next_byte(&mut self) -> u8 {
        if self.used == BLOCK_BYTES {
            self.block = self.seed.block(self.purpose, &self.counter.to_le_bytes());
            self.counter += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl rand_core::TryRng for SeededRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(std::array::from_fn(|_| {
            self.next_byte()
        })))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(std::array::from_fn(|_| {
            self.next_byte()
        })))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        to.fill_with(|| self.next_byte());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng as _;

    #[test]
    fn a_seed_gives_the_same_numbers_again_and_others_for_each_purpose() {
        let seed = Seed::random().unwrap();
        let again = Seed::parse(&seed.to_hex()).unwrap();
        let drawn = |mut random: SeededRandom| {
            let mut bytes = [0; 100];
            random.fill_bytes(&mut bytes);
            bytes
        };
        assert_eq!(drawn(seed.secure()), drawn(again.secure()));
        assert_ne!(drawn(seed.secure()), drawn(seed.insecure()));
        assert_ne!(seed.placeholder("a"), seed.placeholder("b"));
        assert_ne!(drawn(seed.secure())[..32], drawn(seed.secure())[32..64]);
    }
}
