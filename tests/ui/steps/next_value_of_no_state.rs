rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate r = sigmoid(x, h);
        z[t] = r * h;
        r[t] = z[t] + r;
        y = 0.5 * z[t] + z[t-1] + z;
        h[t] = y + r[t];
    }
}

fn main() {}
