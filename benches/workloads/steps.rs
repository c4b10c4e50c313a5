//! Cells of single steps, by size: bare, with a dense read-out of one value, and with the input
//! added to that, as audio models have it; and cells that are in no library.

use rnn_runtime::cell;

/// An LSTM (Gers et al. 2000) of `$h` units in the three forms.
macro_rules! lstm {
    ($h:literal $bare:ident $out:ident $skip:ident) => {
        lstm! { $h $bare [] h[t] }
        lstm! { $h $out [param w: [1, h], b: [1];] w @ h[t] + b }
        lstm! { $h $skip [param w: [1, h], b: [1];] w @ h[t] + b + x }
    };
    ($h:literal $name:ident [$($params:tt)*] $($output:tt)+) => {
        cell! {
            /// An LSTM.
            pub(crate) struct $name {
                input x: 1;
                state h: $h, c: h;
                $($params)*
                gate i = sigmoid(x, h);
                gate f = sigmoid(x, h);
                gate g = tanh(x, h);
                gate o = sigmoid(x, h);
                c[t] = f * c + i * g;
                h[t] = o * tanh(c[t]);
                output $($output)+;
            }
        }
    };
}

/// PyTorch's GRU of `$h` units in the three forms.
macro_rules! gru {
    ($h:literal $bare:ident $out:ident $skip:ident) => {
        gru! { $h $bare [] h[t] }
        gru! { $h $out [param w: [1, h], b: [1];] w @ h[t] + b }
        gru! { $h $skip [param w: [1, h], b: [1];] w @ h[t] + b + x }
    };
    ($h:literal $name:ident [$($params:tt)*] $($output:tt)+) => {
        cell! {
            /// A GRU.
            pub(crate) struct $name {
                input x: 1;
                state h: $h;
                $($params)*
                gate r = sigmoid(x, h);
                gate z = sigmoid(x, h);
                gate q = linear(h);
                gate n = tanh(x; r * q);
                h[t] = (1 - z) * n + z * h;
                output $($output)+;
            }
        }
    };
}

lstm! { 8 Lstm8 Lstm8Out Lstm8Skip }
lstm! { 16 Lstm16 Lstm16Out Lstm16Skip }
lstm! { 24 Lstm24 Lstm24Out Lstm24Skip }
lstm! { 32 Lstm32 Lstm32Out Lstm32Skip }
lstm! { 40 Lstm40 Lstm40Out Lstm40Skip }
lstm! { 64 Lstm64 Lstm64Out Lstm64Skip }
gru! { 8 Gru8 Gru8Out Gru8Skip }
gru! { 16 Gru16 Gru16Out Gru16Skip }
gru! { 24 Gru24 Gru24Out Gru24Skip }
gru! { 32 Gru32 Gru32Out Gru32Skip }

cell! {
    /// An LSTM whose gates see the cell state.
    pub(crate) struct Peephole16 {
        input x: 1;
        state h: 16, c: h;
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
    pub(crate) struct Mgu16 {
        input x: 1;
        state h: 16;

        gate f = sigmoid(x, h);
        fh = f * h;
        gate n = tanh(x, fh);
        h[t] = (1 - f) * h + f * n;
    }
}

cell! {
    /// Long expressive memory (Rusch et al. 2022).
    pub(crate) struct Lem16 {
        input x: 1;
        state y: 16, z: y;

        gate a = sigmoid(x, y);
        gate d = sigmoid(x, y);
        gate n = tanh(x, y);
        z[t] = (1 - a) * z + a * n;
        zt = z[t];
        gate m = tanh(x, zt);
        y[t] = (1 - d) * y + d * m;
        output y[t];
    }
}

cell! {
    /// Made up: two states that leak into each other through a gate and a rectifier.
    pub(crate) struct MadeUp16 {
        input x: 1;
        state u: 16, v: u;
        param a, k: [u];

        gate s = sigmoid(x, u; a * v);
        gate p = relu(x, v);
        u[t] = s * u + (1 - s) * tanh(p - k * v);
        v[t] = 0.9 * v + 0.1 * s * u[t];
        output u[t];
    }
}
