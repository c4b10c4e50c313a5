//! Work on several threads: those of the current `rayon` pool with the feature of that name, or
//! else the calling one alone.

/// Multiply-adds that make a thread worth waking: some 15 us.
pub(crate) const WORTH: usize = 1 << 20;

/// How many threads there are that so many multiply-adds make worth waking.
#[inline]
pub(crate) fn worth_waking(multiply_adds: usize) -> usize {
    count().min(multiply_adds / WORTH)
}

/// How many threads there are.
#[inline]
fn count() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    1
}

/// Runs all jobs, the first one on this thread, and returns when the last one is done.
pub(crate) fn run<J: FnOnce() + Send>(jobs: impl IntoIterator<Item = J>) {
    #[cfg(feature = "rayon")]
    rayon::in_place_scope(|scope| {
        let mut jobs = jobs.into_iter();
        let first = jobs.next();
        jobs.for_each(|job| scope.spawn(move |_| job()));
        first.into_iter().for_each(|job| job());
    });
    #[cfg(not(feature = "rayon"))]
    jobs.into_iter().for_each(|job| job());
}
