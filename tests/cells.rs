//! Every ready cell against the interpreter and differences, at awkward sizes, on every tier.
//!
//! The cells most used and one of each schedule (one product a step, two, none, normalised rows)
//! run at all of 1, 7, 17, 40 and 129 units, the others at two of them; 48 units fill whole
//! vectors, whose outputs are written in place. Doubles are compared with PyTorch in `fixtures.rs`.

use rnn_runtime::Cell;
use rnn_runtime::verify::{Options, verify_with};

/// Long sequences of the large cells too: 64 steps of nine rows of all but the largest.
fn check<C: Cell>() {
    verify_with::<C>(&Options { work: 1 << 30, ..Options::default() }).assert();
}

/// One test for each family, with one cell for each of its sizes.
macro_rules! cells {
    ($($test:ident: $family:ident $({ $($sizes:tt)* })*;)*) => {
        $(
            #[test]
            fn $test() {
                $({
                    rnn_runtime::cells::$family! { struct Checked { $($sizes)* } }
                    check::<Checked>();
                })*
            }
        )*
    };
}

cells! {
    lstm: Lstm
        { x: 1, h: 1 } { x: 17, h: 7 } { x: 7, h: 17 } { x: 1, h: 40 } { x: 40, h: 129 }
        { x: 16, h: 48 };
    gru: Gru
        { x: 1, h: 1 } { x: 17, h: 7 } { x: 7, h: 17 } { x: 1, h: 40 } { x: 17, h: 129 }
        { x: 16, h: 48 };
    mgu: Mgu { x: 1, h: 1 } { x: 17, h: 7 } { x: 7, h: 17 } { x: 1, h: 40 } { x: 17, h: 129 };
    min_gru: MinGru
        { x: 1, h: 1 } { x: 129, h: 7 } { x: 7, h: 17 } { x: 1, h: 40 } { x: 17, h: 129 };
    layer_norm_lstm: LayerNormLstm { x: 7, h: 17 } { x: 1, h: 40 } { x: 7, h: 129 };
    elman: Elman { x: 1, h: 7 } { x: 7, h: 40 };
    elman_relu: ElmanRelu { x: 1, h: 7 } { x: 7, h: 40 };
    irnn: Irnn { x: 7, h: 17 } { x: 1, h: 40 };
    ind_rnn: IndRnn { x: 7, h: 17 } { x: 40, h: 129 };
    lstm_without_forget: LstmWithoutForget { x: 7, h: 1 } { x: 7, h: 17 };
    coupled_lstm: CoupledLstm { x: 1, h: 7 } { x: 7, h: 40 };
    sigmoid_lstm: SigmoidLstm { x: 1, h: 7 } { x: 7, h: 17 };
    peephole_lstm: PeepholeLstm { x: 1, h: 17 } { x: 7, h: 40 } { x: 16, h: 48 };
    projected_lstm: ProjectedLstm { x: 7, h: 5, c: 17 } { x: 1, h: 17, c: 40 };
    multiplicative_lstm: MultiplicativeLstm { x: 1, h: 7 } { x: 7, h: 17 };
    gru_reset_before: GruResetBefore { x: 7, h: 17 } { x: 1, h: 40 };
    simplified_gru: SimplifiedGru { x: 1, c: 7 } { x: 7, c: 40 };
    ugrnn: Ugrnn { x: 1, h: 7 } { x: 7, h: 17 };
    janet: Janet { x: 1, h: 7 } { x: 7, h: 17 };
    min_lstm: MinLstm { x: 1, h: 7 } { x: 7, h: 40 };
    lem: Lem { x: 1, y: 7 } { x: 7, y: 40 };
    fast_grnn: FastGrnn { x: 1, h: 7 } { x: 7, h: 17 };
    highway: Highway { x: 1, h: 7 } { x: 7, h: 17 };
    nas: Nas { x: 1, h: 7 } { x: 7, h: 17 };
}

/// Gates and the cell state: the hidden state is recomputed.
#[test]
fn an_lstm_keeps_five_values_a_unit_and_step() {
    rnn_runtime::cells::Lstm! { struct Small { x: 7, h: 17 } }
    let text = Small::GRAPH.explanation;
    let kept =
        text.split(" values per step and unit").next().and_then(|t| t.split(' ').next_back());
    let kept: f64 = kept.and_then(|number| number.parse().ok()).expect("a number of values");
    assert!(kept <= 5.0, "{text}");
}

/// Normalising seven units divides by deviations that come near zero now and then, and what single
/// precision rounds there grows from step to step: few steps, so that the comparison means
/// something.
#[test]
fn layer_norm_lstm_of_seven_units() {
    rnn_runtime::cells::LayerNormLstm! { struct Seven { x: 17, h: 7 } }
    verify_with::<Seven>(&Options { steps: 8, ..Options::default() }).assert();
}
