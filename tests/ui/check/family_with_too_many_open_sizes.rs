rnn_runtime::cell! {
    struct Cell {
        input x: _;
        state h: _;
        dim A = _, B = _, C = _, D = _, E = _, F = _;
        param a: [A], b: [B], c: [C], d: [D], e: [E], f: [F];
        h[t] = h * (sum(x) + sum(a) + sum(b) + sum(c) + sum(d) + sum(e) + sum(f));
    }
}

fn main() {}
