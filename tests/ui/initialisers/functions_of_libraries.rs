rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param W: [h, x] = torch.nn.init.orthogonal_;
        param U = torch.randn(8, 8);
        param W2 = np.zeros((8, 8));
        param V: [h, h] = nn.init.normal_(std=0.1);
        param b: [h] = torch.tensor(0.0);
        h[t] = tanh(W @ x + U @ h + W2 @ h + V @ h + b);
    }
}

fn main() {}
