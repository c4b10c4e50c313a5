rnn_runtime::cell! {
    struct Family {
        input x: _;
        state h: _, c: h;
        gate z = sigmoid(x, c);
        c[t] = c + z;
        h[t] = z * h + [h[..h / 2], h[h / 2..]];
    }
}

Family! {
    struct Small { x: 8, h: 25 }
}

fn main() {}
