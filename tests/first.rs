use rnn_runtime::verify::verify;

rnn_runtime::cell! {
    /// Long short-term memory with peepholes (Gers and Schmidhuber 2000).
    pub struct Peephole {
        input x: 7;
        state h: 17, c: 17;
        param p_i, p_f, p_o: [h];
        gate i = sigmoid(x, h; p_i * c);
        gate f = sigmoid(x, h; p_f * c) bias 1.0;
        gate g = tanh(x, h);
        c[t] = f * c + i * g;
        gate o = sigmoid(x, h; p_o * c[t]);
        h[t] = o * tanh(c[t]);
    }
}
rnn_runtime::cells::Lstm! { struct Lstm { x: 7, h: 17 } }
rnn_runtime::cells::Gru! { struct Gru { x: 7, h: 17 } }
rnn_runtime::cells::GruResetBefore! { struct GruB { x: 7, h: 17 } }
rnn_runtime::cells::LayerNormLstm! { struct Ln { x: 7, h: 17 } }
rnn_runtime::cells::Highway! { struct Highway { x: 7, h: 17 } }
rnn_runtime::cells::FastGrnn! { struct Fast { x: 7, h: 17 } }
rnn_runtime::cells::ProjectedLstm! { struct Proj { x: 7, h: 5, c: 17 } }
rnn_runtime::cells::MinLstm! { struct MinLstm { x: 7, h: 17 } }
rnn_runtime::cells::MultiplicativeLstm! { struct Mult { x: 7, h: 17 } }
rnn_runtime::cells::Nas! { struct Nas { x: 7, h: 17 } }
rnn_runtime::cells::Lem! { struct Lem { x: 7, y: 17 } }
rnn_runtime::cells::IndRnn! { struct Ind { x: 7, h: 17, scalar: f64 } }

#[test]
fn all() {
    let mut ok = true;
    for report in [
        verify::<Peephole>(),
        verify::<Lstm>(),
        verify::<Gru>(),
        verify::<GruB>(),
        verify::<Ln>(),
        verify::<Highway>(),
        verify::<Fast>(),
        verify::<Proj>(),
        verify::<MinLstm>(),
        verify::<Mult>(),
        verify::<Nas>(),
        verify::<Lem>(),
        verify::<Ind>(),
    ] {
        if !report.passed() {
            println!("{report}");
        }
        for line in report.json_lines() {
            println!("{line}");
        }
        ok &= report.passed();
    }
    assert!(ok);
}
