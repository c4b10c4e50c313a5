//! One message a mistake; what uses the cells has none.

use rnn_runtime::prelude::*;

rnn_runtime::cell! {
    pub struct Doubles {
        input x: 3;
        state h: 4;
        scalar f64;
        param a = 0.1, v: [h], W: [h, y];
        gate n = tanh(x, h) bias 1;
        gate m = tanh(x, h; v) no bias;
        h[t] = nn * a + W @ x + m;
    }
}

rnn_runtime::cell! {
    struct Steps {
        input x: 3, u: 2;
        state h: 4;
        param V: [5, h];
        gate n = tanh(x, u);
        h[t] = m;
        output V @ h[t];
        steps 7;
    }
}

rnn_runtime::cell! {
    struct UnknownSteps {
        input x: 3, u: N;
        state h: 4;
        gate n = tanh(x, u);
        h[t] = n;
        output w * h[t];
        steps N;
    }
}

rnn_runtime::cell! {
    pub struct Generic<T> {
        input x: 3;
        state h: 4;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

mod family {
    rnn_runtime::cell! {
        pub struct Family {
            input x: _;
            state h: _;
            param V: [x, h];
            gate n = tanh(x, h);
            h[t] = n;
            output U @ h[t];
        }
    }

    Family! { pub struct Member { x: 3, h: 4, scalar: f64 } }

    Family! { pub struct Steps { x: 3, h: 4, steps: 7 } }

    rnn_runtime::cells::Gru! { pub struct Unread { x: 3 h: 4 } }
}

fn read(views: &DoublesViews<'_>) -> f64 {
    views.n_x[[0, 0]] + views.m_h.sum() + views.n_b[0] + views.v[1] + views.W.sum() + *views.a
}

fn main() -> Result<(), rnn_runtime::Error> {
    let mut cell = Doubles::init(&mut seeded(1));
    *cell.views_mut().a = read(&cell.clone().views());
    let x = ndarray::Array3::<f64>::zeros((5, 2, 3));
    let y: ndarray::Array3<f64> = Sequence::new().forward(&cell, &[x.view()], &[])?;
    let mut member = family::Member::zeros();
    member.views_mut().V.fill(y[[0, 0, 0]]);
    println!("{} {}", Generic::zeros().as_slice().len(), family::Unread::explain());
    verify::<Doubles>().assert();
    let (x, u) = ([[0.0; 3]; 7], [[0.0; 2]; 7]);
    let y = Steps::zeros().forward_steps(&mut Sequence::new(), &x, &u)?;
    let last: [f32; 5] = y[6];
    let z = UnknownSteps::zeros().forward_steps(&mut Sequence::new(), &x, &u)?;
    let member = family::Steps::zeros().forward_steps(&mut Sequence::new(), &x)?;
    println!("{} {} {}", last[4], z[6][3], member[6][0]);
    Ok(())
}
