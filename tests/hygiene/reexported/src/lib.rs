//! Declarations in a crate that has the runtime, and a family, from another crate only.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use rnn_hygiene_wrapper::runtime::prelude::*;
use rnn_hygiene_wrapper::runtime::{self, Error};

runtime::cell! {
    /// Elman's network.
    pub struct Elman {
        input x: 2;
        state h: 3;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

runtime::cell! {
    /// A family of this crate.
    pub struct Family {
        input x: _;
        state h: _;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

Family! {
    /// A member of it.
    pub struct Member { x: 2, h: 3 }
}

rnn_hygiene_wrapper::Plain! {
    /// Of a family of the other crate.
    pub struct OfPlain { x: 2, h: 3, steps: 4 }
}

runtime::cells::Gru! {
    /// A ready cell.
    pub struct Ready { x: 2, h: 3 }
}

/// The output of one step; all parameters are 0, but for a bias of 1.
///
/// # Errors
/// None: the lengths are right.
pub fn step() -> Result<[f32; 3], Error> {
    let mut cell = Elman::zeros();
    cell.views_mut().n_b.fill(1.0);
    let mut output = [0.0; 3];
    Stream::new(&cell).step(&[&[0.5; 2]], &mut output)?;
    Ok(output)
}

/// The outputs of a sequence of the family of the other crate, as above.
///
/// # Errors
/// None: the lengths are right.
pub fn sequence() -> Result<[[f32; 3]; 4], Error> {
    let mut cell = OfPlain::zeros();
    cell.views_mut().n_b.fill(1.0);
    cell.forward_steps(&mut Sequence::new(), &[[0.5; 2]; 4])
}
