rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = jax.nn.sigmoid(x, h);
        gate n = nn.SiLU(x, h);
        h[t] = z * n;
    }
}

fn main() {}
