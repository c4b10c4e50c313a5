rnn_runtime::cell! {
    struct Cell {
        input x: _;
        state h: _, c: (2 * h + 1) / 2, d: h - h, e: 1 - x;
        dim P = x / h, Q = x - 2 * x, R = h / 0;
        param W: [1048576, x + 256], V: [h + 1048576];
        a = x[..x + 1];
        b = h[h..] + h[h..1];
        h[t] = h + x[..h];
        c[t] = c;
        d[t] = d * P * Q * R;
        e[t] = e * sum(W @ x) * sum(V);
        output [a, b];
    }
}

fn main() {}
