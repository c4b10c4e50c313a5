rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        s = dot(x, x);
        a = [h, s];
        b = sum(s);
        gate i = sigmoid(x, s);
        h[t] = 0.5;
        output s * sum(a) + b * sum(i);
    }
}

fn main() {}
