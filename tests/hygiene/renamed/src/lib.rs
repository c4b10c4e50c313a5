//! Declarations in a crate that calls the runtime by another name.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use engine::prelude::*;

engine::cell! {
    /// Elman's network.
    pub struct Elman {
        input x: 2;
        state h: 3;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

cell! {
    /// By the prelude, and of fixed length.
    pub struct Steps {
        input x: 2;
        state h: 3;
        steps 4;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

cell! {
    /// A family.
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

engine::cells::Gru! {
    /// A ready cell.
    pub struct Ready { x: 2, h: 3 }
}

/// The output of one step; all parameters are 0, but for a bias of 1.
///
/// # Errors
/// None: the lengths are right.
pub fn step() -> Result<[f32; 3], engine::Error> {
    let mut cell = Elman::zeros();
    cell.views_mut().n_b.fill(1.0);
    let mut output = [0.0; 3];
    Stream::new(&cell).step(&[&[0.5; 2]], &mut output)?;
    Ok(output)
}
