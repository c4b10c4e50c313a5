//! Whether there is memory for a run, asked before it begins: a view may have more steps than any
//! memory holds, for it can repeat one.

use alloc::vec::Vec;

use crate::error::Error;

/// Less than this is not asked for beforehand: it is taken to be there.
const LARGE: usize = 1 << 30;

/// That there is memory for `values` values of type `E` in each of `batch` rows of `steps` steps.
pub fn room<E>((steps, batch): (usize, usize), values: usize) -> Result<(), Error> {
    let sizes = [steps, batch, values, size_of::<E>()];
    // The shape of an array without values is bounded too, by the product of its other sizes.
    let product = sizes.iter().try_fold(1_usize, |n, &size| n.checked_mul(size.max(1)));
    let product = product.filter(|&n| isize::try_from(n).is_ok());
    let bytes = if sizes.contains(&0) { product.map(|_| 0) } else { product };
    let there = |bytes| bytes < LARGE || Vec::<u8>::new().try_reserve_exact(bytes).is_ok();
    if bytes.is_some_and(there) { Ok(()) } else { Err(Error::Memory { steps, batch }) }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn what_no_memory_holds_is_an_error() {
        assert_eq!(room::<f32>((64, 5), 100), Ok(()));
        assert_eq!(room::<f32>((1 << 45, 0), 100), Ok(()));
        assert!(room::<f32>((0, usize::MAX), 1).is_err());
        for steps in [1 << 45, 1 << 59, usize::MAX] {
            let error = room::<f32>((steps, 5), 100).unwrap_err();
            assert_eq!(error, Error::Memory { steps, batch: 5 });
            assert!(error.to_string().contains("more memory than there is"));
        }
    }
}
