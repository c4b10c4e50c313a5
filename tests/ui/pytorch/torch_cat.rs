rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        v = torch.cat([x, h], dim=1);
        gate n = tanh(v);
        h[t] = n;
    }
}

fn main() {}
