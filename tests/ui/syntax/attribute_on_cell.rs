mod cells {
    rnn_runtime::cell! {
        #[derive(PartialEq)]
        #[cfg(test)]
        struct Cell {
            input x: _;
            state h: 3;
            gate n = tanh(x, h);
            h[t] = nn;
        }
    }

    rnn_runtime::cells::Gru! {
        #[repr(C)]
        pub struct Small { x: 3, h: 4 }
    }
}

fn main() {
    let _ = <cells::Small as rnn_runtime::Cell>::zeros();
}
