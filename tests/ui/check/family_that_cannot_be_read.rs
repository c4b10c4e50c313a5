// One message each where the family is declared, and none where it is used.
mod cells {
    rnn_runtime::cell! {
        pub(crate) struct Length {
            input x: _ y;
            state h: 4;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    rnn_runtime::cell! {
        pub struct Head<const N: usize> {
            input x: _;
            state h: x;
            h[t] = x;
        }
    }
}

cells::Length! {
    struct Small { x: 8 }
}

cells::Head! {
    struct Other { x: 8 }
}

fn main() {
    use rnn_runtime::prelude::*;
    let _ = Sequence::<Small>::new();
    let _ = Other::zeros();
}
