//! Families: many open sizes, lengths that are sums, products and parts of them, and what only
//! members can know.

use rnn_runtime::prelude::*;

checked! {
    nine_open_sizes: Nine;
    heads_side_by_side: Heads;
    a_single_head: Head;
    parts_by_open_sizes: Odd;
}

mod declared {
    rnn_runtime::cell! {
        pub(crate) struct Many {
            input u: _, v: _, w: _;
            state h: _, c: _;
            dim P = _, Q = _, R = _, S = _;
            param A: [P, u + v], B: [Q, h + c + w], C: [c, P + Q], V: [R, 2 * h + S + 1], s: [S];
            low = tanh([A @ [u, v], B @ [h, c, w]]);
            gate z = sigmoid(u, w, h);
            gate k: c = tanh(v, low; C @ low);
            c[t] = 0.5 * c + 0.5 * k;
            h[t] = z * h + (1 - z) * tanh(sum(c[t]) / P);
            output V @ [h[t], s, z, z[..1]];
        }
    }

    rnn_runtime::cell! {
        /// A state of several parts of one width, which move on by one part each step.
        pub(crate) struct Parts {
            input x: _;
            dim heads = _, width = _;
            const SHARE = 1 / (heads + 1);
            state h: heads * width, mix: h / heads;
            param K: [width, 2 * mix + x];
            first = tanh(K @ [h[..width], x, mix]);
            h[t] = [h, first][width..];
            mix[t] = (1 - SHARE) * mix + SHARE * first;
        }
    }

    rnn_runtime::cell! {
        /// Bounds that are right for odd `h` no shorter than `x`.
        pub(crate) struct Halves {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = 0.5 * h + 0.5 * [n[(h + 1) / 2..], n[..(h + 1) / 2]];
            output [h[t][..x], x];
        }
    }
}

declared::Many! {
    struct Nine { u: 3, v: 1, w: 2, h: 5, c: 7, P: 4, Q: 9, R: 2, S: 6 }
}

declared::Parts! { struct Heads { x: 3, heads: 3, width: 5 } }

declared::Parts! { struct Head { x: 2, heads: 1, width: 4 } }

declared::Halves! { struct Odd { x: 3, h: 7 } }

#[test]
fn members_have_the_shapes_of_their_sizes() {
    let (cell, parts) = (Nine::zeros(), Heads::zeros());
    let views = cell.views();
    assert_eq!((views.A.dim(), views.B.dim()), ((4, 4), (9, 14)));
    assert_eq!((views.C.dim(), views.V.dim()), ((7, 13), (2, 17)));
    assert_eq!((views.k_low.dim(), views.z_w.dim()), ((7, 13), (5, 2)));
    assert_eq!(parts.views().K.dim(), (5, 13));
    assert_eq!(Heads::GRAPH.states[0].len, 15);
}
