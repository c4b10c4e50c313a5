//! Cells and families inside a function.

use rnn_runtime::prelude::*;

/// How many parameters the cells declared in here have.
pub fn parameters() -> usize {
    rnn_runtime::cell! {
        struct Cell {
            input x: 2;
            state h: 3;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    rnn_runtime::cell! {
        struct Family {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    Family! { struct Member { x: 2, h: 2 } }

    {
        Family! { struct Cell { x: 1, h: 1 } }
        let inner = Cell::zeros().as_slice().len();
        inner + Member::zeros().as_slice().len()
    }
}
