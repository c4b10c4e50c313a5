rnn_runtime::cell! {
    struct Cell {
        input x: _, y: _;
        state h: _, c: h, m: x * y;
        dim P = _;
        param W: [2 * h + 1, x + P], V: [h, y], p: [254520];
        gate z = sigmoid(x, h);
        a = W @ [x, y];
        b = V @ [x, h, h][..y + 2];
        gate k: y = tanh(x; [x[..1], y]);
        d = dot([x, y, z], z) + sum(p + x);
        c[t] = [z, a[..P]];
        m[t] = m * x;
        h[t] = layer_norm(h, V.T @ h, k) + b + d;
        output V.T @ k;
    }
}

fn main() {}
