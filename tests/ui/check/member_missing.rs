rnn_runtime::cell! {
    struct Family {
        input x: _;
        state h: _;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

Family! {}

Family! { pub }

Family! { pub struct }

Family! { pub struct Small }

rnn_runtime::cells::Gru! {}

fn main() {}
