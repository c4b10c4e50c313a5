rnn_runtime::cell! {
    pub struct {
        input x: 3;
        state h: 3;
        h[t] = x;
    }
}

fn main() {}
