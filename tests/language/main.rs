//! Every construct of the notation in cells of small and awkward sizes, each against the
//! interpreter and differences on every tier; two spellings of one cell against each other.

use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, verify_with};

/// Checks a cell over nine steps, and over a single one, which is a chunk of its own.
fn check<C: Cell>() {
    for steps in [9, 1] {
        let options = Options { steps, coordinates: 6, ..Options::default() };
        verify_with::<C>(&options).assert();
    }
}

/// One test for each cell declared in a module.
macro_rules! checked {
    ($($test:ident: $cell:ident;)*) => {
        $(
            #[test]
            fn $test() {
                crate::check::<$cell>();
            }
        )*
    };
}

mod families;
mod functions;
mod gradients;
mod numbers;
mod schedules;
mod states;
mod vectors;
