rnn_runtime::cell! {
    struct Family {
        input x: _;
        state h: _;
        dim P = _;
        param W: [P, h - x];
        const A = log(P - 2);
        h[t] = h + A * sum(W @ h[x..]) * [x[..P], h[P..]];
    }
}

Family! { struct Right { x: 8, h: 12, P: 3 } }

Family! { struct LongPart { x: 2, h: 12, P: 3 } }

Family! { struct ShortState { x: 8, h: 5, P: 3 } }

Family! { struct NoLogarithm { x: 8, h: 12, P: 2 } }

fn main() {}
