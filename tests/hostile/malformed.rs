//! Components that no compiler wrote, by the thousand; the same ones in every run.

use crate::sandbox::guests;
use arbitrary::Unstructured;
use std::sync::LazyLock;
use tasker_sandbox::{Compiler, Refusal, Sandbox, SandboxConfig, SandboxError};
use wasm_smith::{Component, Config};

/// Components of each kind.
const COUNT: u64 = 1_000;
/// Bytes that one is made from.
const SEED_BYTES: usize = 4 << 10;

/// In this process, where a compiler that panics fails the test.
fn sandbox() -> &'static Sandbox {
    static SANDBOX: LazyLock<(Sandbox, tempfile::TempDir)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let config = SandboxConfig {
            cache_dir: dir.path().to_owned(),
            max_concurrent: 4,
            compiler: Compiler::InProcess,
        };
        (Sandbox::new(config).unwrap(), dir)
    });
    &SANDBOX.0
}

/// Numbers that look random (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// The refusal, or nothing where it is a component like any other.
async fn refusal(bytes: Vec<u8>) -> Option<Refusal> {
    match sandbox().inspect(bytes).await {
        Ok(_) => None,
        Err(SandboxError::Refused(refusal)) => Some(refusal),
        Err(error) => panic!("{error:?}"),
    }
}

fn generated(seed: u64) -> Option<Vec<u8>> {
    let bytes = Numbers(seed).bytes(SEED_BYTES);
    let component = Component::new(Config::default(), &mut Unstructured::new(&bytes));
    component.ok().map(|component| component.to_bytes())
}

#[tokio::test]
async fn what_a_generator_makes_up_is_refused_in_words() {
    let mut refused = 0;
    for bytes in (0..COUNT).filter_map(generated) {
        let refusal = refusal(bytes).await.expect("it exports no handler");
        assert!(!refusal.chain().is_empty());
        refused += 1;
    }
    assert!(refused > COUNT / 2, "{refused}");
}

#[tokio::test]
async fn a_real_component_with_changed_bytes_is_refused_or_runs_like_any_other() {
    let mut refused = 0;
    for seed in 0..COUNT {
        let mut numbers = Numbers(seed);
        let mut bytes = guests::undescribed().to_vec();
        for _ in 0..=numbers.below(8) {
            let at = numbers.below(bytes.len());
            bytes[at] = numbers.next().to_le_bytes()[0];
        }
        refused += u64::from(refusal(bytes).await.is_some());
    }
    assert!(refused > COUNT / 4, "{refused}");
}

#[tokio::test]
async fn a_real_component_that_is_cut_short_is_refused() {
    let whole = guests::undescribed();
    let mut numbers = Numbers(1);
    for _ in 0..COUNT {
        let half = &whole[..numbers.below(whole.len() / 2)];
        assert!(refusal(half.to_vec()).await.is_some());
    }
}
