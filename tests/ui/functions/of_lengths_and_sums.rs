rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h);
        a = n / len(h);
        b = cumsum(n);
        c = dropout(n, 0.1);
        d = n * dim(x);
        h[t] = a + b + c + d;
    }
}

fn main() {}
