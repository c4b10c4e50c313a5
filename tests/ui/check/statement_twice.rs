rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        steps 10;
        steps 20;
        scalar f32;
        scalar f64;
        weights f32;
        weights f16;
        activations fast;
        activations exact;
        h[t] = h * sum(x);
        output h[t];
        output h[t-1];
    }
}

fn main() {}
