//! The cells of the rows: members of the ready families, and those declared here.

use rnn_runtime::cell;

rnn_runtime::cells::Lstm! { pub(crate) struct Lstm8 { x: 1, h: 8 } }

cell! {
    /// An LSTM with a dense read-out of one value, as audio models have it.
    pub(crate) struct Lstm40Dense {
        input x: 1;
        state h: 40, c: h;
        param w: [1, h], b: [1];

        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h);
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
        output w @ h[t] + b;
    }
}

cell! {
    /// PyTorch's GRU with a dense read-out of one value.
    pub(crate) struct Gru16Dense {
        input x: 1;
        state h: 16;
        param w: [1, h], b: [1];

        gate r = sigmoid(x, h);
        gate z = sigmoid(x, h);
        gate q = linear(h);
        gate n = tanh(x; r * q);
        h[t] = (1 - z) * n + z * h;
        output w @ h[t] + b;
    }
}

rnn_runtime::cells::Lstm! { pub(crate) struct Lstm8Fast { x: 1, h: 8, activations: fast } }
rnn_runtime::cells::Lstm! { pub(crate) struct Step16 { x: 1, h: 16 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Step24 { x: 1, h: 24 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Step32 { x: 1, h: 32 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Step64 { x: 1, h: 64 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm64 { x: 32, h: 64 } }
rnn_runtime::cells::Gru! { pub(crate) struct Gru64 { x: 32, h: 64 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm512 { x: 512, h: 512 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm512F16 { x: 512, h: 512, weights: f16 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm512Bf16 { x: 512, h: 512, weights: bf16 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm16 { x: 4, h: 16 } }
rnn_runtime::cells::Lstm! { pub(crate) struct Lstm128 { x: 64, h: 128 } }
rnn_runtime::cells::Gru! { pub(crate) struct Gru128 { x: 64, h: 128 } }
rnn_runtime::cells::Elman! { pub(crate) struct Elman128 { x: 64, h: 128 } }

cell! {
    /// An LSTM whose gates see the cell state: `i` and `f` the previous one, `o` the new one.
    pub(crate) struct Peephole {
        input x: 64;
        state h: 128, c: h;
        param p_i, p_f, p_o: [h];

        gate i = sigmoid(x, h; p_i * c);
        gate f = sigmoid(x, h; p_f * c);
        gate g = tanh(x, h);
        c[t] = f * c + i * g;
        gate o = sigmoid(x, h; p_o * c[t]);
        h[t] = o * tanh(c[t]);
    }
}

cell! {
    /// The minimal gated unit.
    pub(crate) struct Mgu {
        input x: 64;
        state h: 128;

        gate f = sigmoid(x, h);
        fh = f * h;
        gate n = tanh(x, fh);
        h[t] = (1 - f) * h + f * n;
    }
}

cell! {
    /// The minimal GRU, linear in the state.
    pub(crate) struct MinGru {
        input x: 64;
        state h: 128;

        gate z = sigmoid(x);
        gate n = linear(x);
        h[t] = (1 - z) * h + z * n;
    }
}

cell! {
    /// An LSTM with a layer norm, gain and bias, around each of its products, gate by gate.
    pub(crate) struct NormLstm {
        input x: 64;
        state h: 128, c: h;
        param W_i, W_f, W_g, W_o: [h, x];
        param U_i, U_f, U_g, U_o: [h, h];
        param v_i, v_f, v_g, v_o, a_i, a_f, a_g, a_o: [h];
        param u_i, u_f, u_g, u_o, e_i, e_f, e_g, e_o: [h];
        param b_i, b_f, b_g, b_o: [h];

        i = sigmoid(layer_norm(W_i @ x, v_i, a_i) + layer_norm(U_i @ h, u_i, e_i) + b_i);
        f = sigmoid(layer_norm(W_f @ x, v_f, a_f) + layer_norm(U_f @ h, u_f, e_f) + b_f);
        g = tanh(layer_norm(W_g @ x, v_g, a_g) + layer_norm(U_g @ h, u_g, e_g) + b_g);
        o = sigmoid(layer_norm(W_o @ x, v_o, a_o) + layer_norm(U_o @ h, u_o, e_o) + b_o);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    }
}

cell! {
    /// The independently recurrent network: one recurrent weight a unit.
    pub(crate) struct IndRnn {
        input x: 64;
        state h: 128;
        param u: [h];

        gate n = relu(x; u * h);
        h[t] = n;
    }
}
