//! Which tier runs: detected, forced, named by the environment.

#[cfg(feature = "std")]
use std::process::Command;

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::Kernels;
use rnn_runtime::__v0_1::simd::Tier;
use rnn_runtime::Cell;
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

struct Ran;

impl<E: Element> Kernel<E> for Ran {
    type Output = Tier;

    #[inline(always)]
    fn run<S: Kernels<E>>(self, _simd: S) -> Tier {
        S::TIER
    }
}

#[test]
fn each_available_tier_runs() {
    assert_eq!(Tier::available().next(), Some(Tier::Scalar));
    assert!(Tier::detect().is_available());
    for tier in Tier::available() {
        assert_eq!(f32::dispatch(tier, Ran), tier);
        assert_eq!(f64::dispatch(tier, Ran), tier);
    }
}

#[test]
fn features_choose_the_tiers() {
    let x86_64 = cfg!(target_arch = "x86_64");
    assert!(Tier::Scalar.is_compiled());
    assert_eq!(Tier::Sse2.is_compiled(), x86_64 && cfg!(feature = "sse2"));
    assert_eq!(Tier::Avx2.is_compiled(), x86_64 && cfg!(feature = "avx2"));
    assert_eq!(Tier::Avx512.is_compiled(), x86_64 && cfg!(feature = "avx512"));
    assert_eq!(Tier::Neon.is_compiled(), cfg!(all(target_arch = "aarch64", feature = "neon")));
    let wasm = cfg!(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"));
    assert_eq!(Tier::Wasm.is_compiled(), wasm);
    assert!(Tier::available().all(Tier::is_compiled));
}

/// `RNN_TEST_TIER` names a tier that this machine must have, so that a run meant to test it does.
#[test]
fn the_tier_that_must_be_tested_is_there() {
    if let Ok(name) = std::env::var("RNN_TEST_TIER") {
        assert!(name.parse::<Tier>().unwrap().is_available(), "{name} is not there");
    }
}

#[test]
fn a_missing_tier_falls_to_one_that_is_there() {
    for tier in Tier::ALL {
        let ran = f32::dispatch(tier, Ran);
        assert!(ran.is_available());
        assert_eq!(ran == tier, tier.is_available());
    }
}

/// The only test that changes the process's tier.
#[test]
fn the_forced_tier_is_current() {
    let natural = Tier::current();
    for tier in Tier::available() {
        assert_eq!(Tier::force(Some(tier)), tier);
        assert_eq!(Tier::current(), tier);
        assert_eq!(f32::dispatch(Tier::current(), Ran), tier);
    }
    for tier in Tier::ALL.into_iter().filter(|tier| !tier.is_available()) {
        let stand_in = Tier::force(Some(tier));
        assert!(stand_in.is_available() && stand_in == Tier::current(), "{tier}: {stand_in}");
    }
    assert_eq!(Tier::force(None), natural);
    // Here, as no other test may force a tier meanwhile.
    cells_of_short_vectors_run_on_shorter_registers(natural);
}

rnn_runtime::cells::Elman! { struct Short { x: 20, h: 8 } }
rnn_runtime::cells::Elman! { struct Long { x: 3, h: 9 } }

rnn_runtime::cell! {
    /// A wide read-out, which is a product alone: no loop over lanes tells how long it is.
    struct ReadOut {
        input x: 3;
        state h: 8;
        param V: [40, h];
        gate n = tanh(x, h);
        h[t] = n;
        output V @ h[t];
    }
}

fn cells_of_short_vectors_run_on_shorter_registers(natural: Tier) {
    let asked = std::env::var("RNN_TIER").is_ok();
    let short = natural == Tier::Avx512 && Tier::Avx2.is_available() && !asked;
    assert_eq!(Short::tier(), if short { Tier::Avx2 } else { natural });
    assert_eq!(Long::tier(), natural);
    assert_eq!(ReadOut::tier(), natural);
    for tier in Tier::available() {
        Tier::force(Some(tier));
        assert_eq!(Short::tier(), tier, "asked for");
    }
    assert_eq!(Tier::force(None), natural);
}

#[test]
fn names_go_both_ways() {
    for tier in Tier::ALL {
        assert_eq!(tier.to_string().parse(), Ok(tier));
        assert_eq!(tier.name().to_uppercase().parse(), Ok(tier));
    }
    let error = "mmx".parse::<Tier>().unwrap_err();
    assert!(
        matches!(&error, Error::UnknownName { name, known } if name == "mmx" && known.len() == 6)
    );
}

/// Not a test of its own: [`the_environment_names_the_tier`] runs it in a process with `RNN_TIER`
/// set.
#[test]
#[ignore = "run by another test in a process of its own"]
fn print_current() {
    println!("[{}]", Tier::current());
}

#[cfg(feature = "std")]
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no processes")]
fn an_unknown_tier_in_the_environment_is_an_error_of_each_run() {
    let said = |name: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "print_runs"])
            .env("RNN_TIER", name)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let words: Vec<_> = text.split(['[', ']']).skip(1).step_by(2).map(String::from).collect();
        words
    };
    let error = "the environment variable RNN_TIER is `no such tier`, but must be one of \
                 scalar, sse2, avx2, avx512, neon, wasm";
    // A step, which allocates nothing, does not have the name.
    let step = "the environment variable RNN_TIER is no tier's name: it must be one of scalar, \
                sse2, avx2, avx512, neon, wasm";
    assert_eq!(said("no such tier"), [error, step, error, "fine", "fine"]);
    assert_eq!(said("scalar"), ["fine"; 5]);
    assert_eq!(said(""), ["fine"; 5]);
}

/// Not a test of its own: [`an_unknown_tier_in_the_environment_is_an_error_of_each_run`] runs it.
#[cfg(feature = "std")]
#[test]
#[ignore = "run by another test in a process of its own"]
fn print_runs() {
    use rnn_runtime::sequence::Sequence;
    use rnn_runtime::stream::Stream;
    use rnn_runtime::verify::{Options, verify_with};

    let say = |result: Result<(), Error>| match result {
        Ok(()) => println!("[fine]"),
        Err(error) => println!("[{error}]"),
    };
    let (cell, x) = (Long::zeros(), ndarray::Array3::zeros((2, 1, 3)));
    let (mut forced, mut output) = (Sequence::on(Tier::Scalar), [0.0; 9]);
    say(Sequence::new().forward(&cell, &[x.view()], &[]).map(drop));
    say(Stream::new(&cell).step(&[&[0.0; 3]], &mut output));
    let options = Options { steps: 1, batch: 1, coordinates: 1, ..Options::default() };
    match &verify_with::<Long>(&options).failures[..] {
        [] => println!("[fine]"),
        failures => println!("[{}]", failures[0]),
    }
    // Who names a tier does not ask the environment.
    say(forced.forward(&cell, &[x.view()], &[]).map(drop));
    say(Stream::on(Tier::Scalar, &cell).step(&[&[0.0; 3]], &mut output));
}

#[cfg(feature = "std")]
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no processes")]
fn the_environment_names_the_tier() {
    let current = |name: &str| -> Tier {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "print_current"])
            .env("RNN_TIER", name)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // On one core the name of the test stands before it.
        let word = text.split(['[', ']']).nth(1).unwrap();
        word.parse().unwrap()
    };
    for tier in Tier::ALL {
        assert_eq!(current(tier.name()), f32::dispatch(tier, Ran));
    }
    assert_eq!(current("no such tier"), Tier::detect());
}
