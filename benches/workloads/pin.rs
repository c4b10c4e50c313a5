//! Keeping the process on one core, so that the system does not move it between measurements.

/// Moves this thread to the last core it may run on. False where that is not possible.
#[cfg(target_os = "linux")]
pub(crate) fn to_one_core() -> bool {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return false };
    // The first core serves most interrupts.
    let last = (0..CpuSet::MAX_CPU).rev().find(|&core| allowed.is_set(core));
    let mut one = CpuSet::new();
    last.into_iter().for_each(|core| one.set(core));
    sched_setaffinity(None, &one).is_ok()
}

/// Only Linux lets a process choose its core everywhere.
#[cfg(not(target_os = "linux"))]
pub(crate) fn to_one_core() -> bool {
    false
}
