rnn_runtime::cell! {
    struct Cell {
        input x: 8, dt: 1;
        state h: 24;
        dim P = 4;
        const A = 0.5;
        param W: [h, x], b: [h];
        fixed R: [h, h];
        fn twice(u) = 2 * u;
        gate i = sigmoid(x, h);
        r = W @ x;
        h[t] = h;
    }
}

fn main() {}
