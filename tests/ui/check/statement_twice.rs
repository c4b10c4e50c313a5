rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        steps 10;
        steps 20;
        scalar f32;
        scalar f64;
        h[t] = h * sum(x);
        output h[t];
        output h[t-1];
    }
}

fn main() {}
