//! How much the processor keeps nearest.

use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes where nothing is known: what most processors have at least.
const USUAL: usize = 32 << 10;

/// Bytes of the first-level data cache, once it was asked for; before that 0.
static FIRST_LEVEL: AtomicUsize = AtomicUsize::new(0);

/// Bytes of the first-level data cache of the core that asks first.
pub(crate) fn first_level() -> usize {
    match FIRST_LEVEL.load(Ordering::Relaxed) {
        0 => {
            let bytes = asked().unwrap_or(USUAL);
            FIRST_LEVEL.store(bytes, Ordering::Relaxed);
            bytes
        }
        bytes => bytes,
    }
}

/// What the processor says, by the tables of Intel (leaf 4) and AMD (leaf 8000001D), which are
/// alike.
#[cfg(all(target_arch = "x86_64", not(miri)))]
fn asked() -> Option<usize> {
    use core::arch::x86_64::{__cpuid, __cpuid_count};

    /// Caches of a processor, at most.
    const CACHES: u32 = 8;
    for leaf in [4, 0x8000_001d] {
        if __cpuid(leaf & 0x8000_0000).eax < leaf {
            continue;
        }
        for index in 0..CACHES {
            let cache = __cpuid_count(leaf, index);
            // Kinds are data, instructions and both, and 0 after the last one.
            let (kind, level) = (cache.eax & 31, cache.eax >> 5 & 7);
            if level == 1 && matches!(kind, 1 | 3) {
                let (ways, partitions) = ((cache.ebx >> 22) + 1, (cache.ebx >> 12 & 1023) + 1);
                let (line, sets) = ((cache.ebx & 4095) + 1, cache.ecx + 1);
                let bytes = [ways, partitions, line, sets].map(u64::from).iter().product::<u64>();
                return usize::try_from(bytes).ok().filter(|bytes| *bytes >= USUAL / 2);
            }
        }
    }
    None
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
fn asked() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_has_a_likely_size() {
        let bytes = first_level();
        assert!((USUAL / 2..=1 << 20).contains(&bytes), "{bytes} bytes");
        assert_eq!(bytes, first_level());
    }
}
