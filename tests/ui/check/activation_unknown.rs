rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = sigmod(x, h);
        gate f = swoosh(x, h);
        h[t] = i * f;
    }
}

fn main() {}
