//! The bound on memory.

use super::engine::{CORE_INSTANCES_PER_COMPONENT, MEMORIES_PER_COMPONENT, TABLES_PER_COMPONENT};
use wasmtime::{ResourceLimiter, Result};

/// Bytes that a table takes for one element.
const TABLE_ELEMENT_BYTES: usize = size_of::<usize>();

/// What one instance may hold in all of its linear memories and tables together.
pub(super) struct MemoryBudget {
    limit_bytes: usize,
    used_bytes: usize,
    refused_bytes: Option<usize>,
}

impl MemoryBudget {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            used_bytes: 0,
            refused_bytes: None,
        }
    }

    /// The most that it held: memories and tables never shrink.
    pub(super) fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    /// The total that the guest last asked for and did not get.
    pub(super) fn refused_bytes(&self) -> Option<usize> {
        self.refused_bytes
    }

    /// A guest that is refused sees `memory.grow` fail, as on a machine without memory, and may
    /// collect its garbage and go on.
    fn take(&mut self, bytes: usize) -> bool {
        let wanted_bytes = self.used_bytes.saturating_add(bytes);
        if wanted_bytes > self.limit_bytes {
            self.refused_bytes = Some(wanted_bytes);
            return false;
        }
        self.used_bytes = wanted_bytes;
        true
    }
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        let possible = maximum.is_none_or(|maximum| desired <= maximum);
        Ok(possible && self.take(desired.saturating_sub(current)))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        let possible = maximum.is_none_or(|maximum| desired <= maximum);
        let elements = desired.saturating_sub(current);
        Ok(possible && self.take(elements.saturating_mul(TABLE_ELEMENT_BYTES)))
    }

    /// The pool holds a component to these as well; where there is none, this does.
    fn instances(&self) -> usize {
        CORE_INSTANCES_PER_COMPONENT as usize
    }

    fn memories(&self) -> usize {
        MEMORIES_PER_COMPONENT as usize
    }

    fn tables(&self) -> usize {
        TABLES_PER_COMPONENT as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_memories_and_tables_count_together() {
        let mut budget = MemoryBudget::new(200_000);
        assert!(budget.memory_growing(0, 65_536, None).unwrap());
        assert!(budget.memory_growing(0, 65_536, None).unwrap());
        assert!(budget.table_growing(0, 1_000, None).unwrap());
        assert!(!budget.memory_growing(65_536, 131_072, None).unwrap());
        assert_eq!(budget.refused_bytes(), Some(3 * 65_536 + 8_000));
    }

    #[test]
    fn growth_past_the_guests_own_maximum_is_not_counted() {
        let mut budget = MemoryBudget::new(200_000);
        assert!(!budget.memory_growing(0, 131_072, Some(65_536)).unwrap());
        assert_eq!(budget.refused_bytes(), None);
        assert!(budget.memory_growing(0, 196_608, None).unwrap());
    }
}
