//! Instruction-set levels: which there are, which were compiled in, which this machine has, which
//! one is used.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::error::Error;

/// An instruction-set level.
///
/// In text, and in the environment variable `RNN_TIER`, each goes by its name in lower case:
/// `scalar`, `sse2`, `avx2`, `avx512`, `neon`, `wasm`. Those besides `scalar` are features of this
/// crate by the same names: what is not compiled in counts as missing on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// One lane, plain Rust; everywhere.
    Scalar,
    /// SSE2, four `f32` lanes, no fused multiply-add; every x86-64.
    Sse2,
    /// AVX2 with FMA and F16C, eight `f32` lanes; x86-64 from 2013 on.
    Avx2,
    /// AVX-512 F, VL, DQ and BW, sixteen `f32` lanes; x86-64 servers from Skylake on.
    Avx512,
    /// NEON, four `f32` lanes; every AArch64.
    Neon,
    /// WebAssembly SIMD, four `f32` lanes, chosen at build time by `-C target-feature=+simd128`.
    Wasm,
}

/// A tier that is [available](Tier::is_available): found once, so that kernels called often need
/// not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Available(Tier);

impl Available {
    /// Which one it is.
    #[inline]
    pub fn tier(self) -> Tier {
        self.0
    }
}

impl From<Tier> for Available {
    /// The tier itself, or the best one below it that is available.
    #[inline]
    fn from(tier: Tier) -> Available {
        Available(tier.or_below())
    }
}

/// The tier in use as its place in [`Tier::ALL`] plus one; 0 while undecided.
static CURRENT: AtomicU8 = AtomicU8::new(0);

/// Whether the tier in use was asked for, by a call or by the environment.
static ASKED: AtomicBool = AtomicBool::new(false);

/// The best tier of this machine, in the same form.
static DETECTED: AtomicU8 = AtomicU8::new(0);

impl Tier {
    /// All tiers of all machines, in ascending order.
    pub const ALL: [Tier; 6] =
        [Tier::Scalar, Tier::Sse2, Tier::Avx2, Tier::Avx512, Tier::Neon, Tier::Wasm];

    /// Name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Scalar => "scalar",
            Tier::Sse2 => "sse2",
            Tier::Avx2 => "avx2",
            Tier::Avx512 => "avx512",
            Tier::Neon => "neon",
            Tier::Wasm => "wasm",
        }
    }

    /// Whether `a * b + c` is one operation with one rounding.
    pub fn is_fused(self) -> bool {
        matches!(self, Tier::Avx2 | Tier::Avx512 | Tier::Neon)
    }

    /// Whether the tier was compiled in: a feature of this crate, on the architecture it is for.
    pub const fn is_compiled(self) -> bool {
        match self {
            Tier::Scalar => true,
            Tier::Sse2 => cfg!(all(target_arch = "x86_64", feature = "sse2")),
            Tier::Avx2 => cfg!(all(target_arch = "x86_64", feature = "avx2")),
            Tier::Avx512 => cfg!(all(target_arch = "x86_64", feature = "avx512")),
            Tier::Neon => cfg!(all(target_arch = "aarch64", feature = "neon")),
            Tier::Wasm => {
                cfg!(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))
            }
        }
    }

    /// The best compiled tier of this machine. Without the feature `std`, the best one that the
    /// build's target features promise.
    #[inline]
    pub fn detect() -> Tier {
        remembered(&DETECTED, best)
    }

    /// All compiled tiers of this machine, in ascending order; the first is [`Tier::Scalar`].
    pub fn available() -> impl Iterator<Item = Tier> {
        Tier::ALL.into_iter().filter(|tier| tier.is_available())
    }

    /// Whether the tier was compiled in and this machine has it.
    pub fn is_available(self) -> bool {
        self == self.or_below()
    }

    /// The tier that calls use: the one forced, else the one named by `RNN_TIER`, else the one
    /// detected.
    ///
    /// `RNN_TIER` is read at the first use and again after `force(None)`. A tier that is not
    /// [available](Tier::is_available) stands for the best one below it, a name that is not a
    /// tier's for the one detected; but then [`environment`](Tier::environment) is an error, and so
    /// is each run of a [`Sequence`](crate::sequence::Sequence) or
    /// [`Stream`](crate::stream::Stream) that would have used it.
    #[inline]
    pub fn current() -> Tier {
        remembered(&CURRENT, chosen)
    }

    /// That `RNN_TIER` has the name of a tier, if it is set and not empty, and no tier was
    /// [forced](Tier::force).
    ///
    /// # Errors
    ///
    /// [`Error::Value`] with the names there are.
    pub fn environment() -> Result<(), Error> {
        let _ = Tier::current();
        if ASKED.load(Ordering::Relaxed) {
            return Ok(());
        }
        let Some(name) = variable() else { return Ok(()) };
        name.parse().map(|_: Tier| ()).map_err(|_| Error::Value {
            what: String::from("the environment variable RNN_TIER"),
            expected: alloc::format!("one of {}", names().join(", ")),
            found: alloc::format!("`{name}`"),
        })
    }

    /// Makes [`current`](Tier::current) this tier, or the best one below it that is available;
    /// with `None` back to the environment's or the detected one. For the whole process; returns
    /// what is then current.
    pub fn force(tier: Option<Tier>) -> Tier {
        let code = tier.map_or(0, |tier| tier.or_below() as u8 + 1);
        ASKED.store(tier.is_some(), Ordering::Relaxed);
        CURRENT.store(code, Ordering::Relaxed);
        Tier::current()
    }

    /// [`current`](Tier::current) for kernels whose longest vectors have `bytes` bytes: unless a
    /// tier was asked for, AVX2 where half or more of each AVX-512 register would be empty. Both
    /// take as many instructions, and many processors work on halves of the long registers, or slow
    /// down for them.
    pub(crate) fn current_for(bytes: usize) -> Tier {
        let tier = Tier::current();
        let asked = ASKED.load(Ordering::Relaxed);
        let short = tier == Tier::Avx512 && !asked && bytes <= 32 && Tier::Avx2.is_available();
        if short { Tier::Avx2 } else { tier }
    }

    /// This tier if it is available, else the best one below.
    #[inline]
    fn or_below(self) -> Tier {
        let best = Tier::detect();
        let same_family = best <= Tier::Avx512 || self == best;
        // NEON and wasm have nothing but the scalar tier below them.
        if same_family { self.min(best).compiled_or_below() } else { Tier::Scalar }
    }

    /// This tier if it was compiled in, else the best one below.
    #[inline]
    const fn compiled_or_below(self) -> Tier {
        match self {
            tier if tier.is_compiled() => tier,
            Tier::Avx512 => Tier::Avx2.compiled_or_below(),
            Tier::Avx2 => Tier::Sse2.compiled_or_below(),
            Tier::Scalar | Tier::Sse2 | Tier::Neon | Tier::Wasm => Tier::Scalar,
        }
    }
}

/// What `cell` holds, found by `find` at the first use.
#[inline]
fn remembered(cell: &AtomicU8, find: fn() -> Tier) -> Tier {
    match cell.load(Ordering::Relaxed) {
        0 => {
            let tier = find();
            cell.store(tier as u8 + 1, Ordering::Relaxed);
            tier
        }
        code => Tier::ALL[usize::from(code) - 1],
    }
}

/// The tier of the environment, else the detected one.
#[cold]
fn chosen() -> Tier {
    let named: Option<Tier> = variable().and_then(|name| name.parse().ok());
    ASKED.fetch_or(named.is_some(), Ordering::Relaxed);
    named.map_or_else(Tier::detect, Tier::or_below)
}

/// What the environment says; text that is not Unicode is no tier's name either.
#[cfg(feature = "std")]
fn variable() -> Option<String> {
    let name = std::env::var_os("RNN_TIER").filter(|name| !name.is_empty());
    name.map(|name| name.to_string_lossy().into_owned())
}

/// Nothing: there is no environment.
#[cfg(not(feature = "std"))]
fn variable() -> Option<String> {
    None
}

/// The names of all tiers.
fn names() -> Vec<String> {
    Tier::ALL.iter().map(ToString::to_string).collect()
}

/// Whether this machine has an instruction set.
#[cfg(all(target_arch = "x86_64", feature = "std"))]
macro_rules! has {
    ($($feature:tt)+) => { $(std::arch::is_x86_feature_detected!($feature))&&+ };
}

/// Whether the build promises an instruction set.
#[cfg(all(target_arch = "x86_64", not(feature = "std")))]
macro_rules! has {
    ($($feature:tt)+) => { $(cfg!(target_feature = $feature))&&+ };
}

/// The best tier of this machine that was compiled in.
#[cfg(target_arch = "x86_64")]
#[cold]
fn best() -> Tier {
    let machine = if !has!("avx2" "fma" "f16c") {
        Tier::Sse2
    } else if has!("avx512f" "avx512vl" "avx512dq" "avx512bw") {
        Tier::Avx512
    } else {
        Tier::Avx2
    };
    machine.compiled_or_below()
}

/// The best tier of this build, which can rely on it.
#[cfg(not(target_arch = "x86_64"))]
#[cold]
fn best() -> Tier {
    let of_build = [Tier::Neon, Tier::Wasm].into_iter().find(|tier| tier.is_compiled());
    of_build.unwrap_or(Tier::Scalar)
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tier {
    type Err = Error;

    /// The tier of that name in any case; [`Error::UnknownName`] with the names there are if none
    /// has it.
    fn from_str(name: &str) -> Result<Tier, Error> {
        let same = |tier: &Tier| tier.name().eq_ignore_ascii_case(name);
        Tier::ALL
            .into_iter()
            .find(same)
            .ok_or_else(|| Error::UnknownName { name: String::from(name), known: names() })
    }
}
