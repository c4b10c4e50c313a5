rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, memory: 24;
        gate forget = sigmoid(x, h);
        memory[t] = forgt * memory;
        h[t] = tanh(memry[t]) * q;
    }
}

fn main() {}
