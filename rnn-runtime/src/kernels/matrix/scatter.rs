//! From the sums of rank updates to gradients: rectangles added where their parameters are.

use crate::kernels::element::Element;

/// Edge of the squares that are taken at once, so that lines are read and written whole.
const EDGE: usize = 16;

/// `into[i * width + j] += from[i * stride + j]` for `i < rows`, `j < columns`. Panics if a slice
/// is too short.
pub fn add_rows<E: Element>(
    [rows, columns]: [usize; 2],
    from: &[E],
    stride: usize,
    into: &mut [E],
    width: usize,
) {
    for i in 0..rows {
        let from = &from[i * stride..][..columns];
        let into = &mut into[i * width..][..columns];
        into.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
    }
}

/// `into[i * width + j] += from[j * stride + i]` for `i < rows`, `j < columns`. Panics if a slice
/// is too short.
pub fn add_transposed<E: Element>(
    [rows, columns]: [usize; 2],
    from: &[E],
    stride: usize,
    into: &mut [E],
    width: usize,
) {
    let mut square = [[E::zero(); EDGE]; EDGE];
    for first_j in (0..columns).step_by(EDGE) {
        let across = EDGE.min(columns - first_j);
        for first_i in (0..rows).step_by(EDGE) {
            let down = EDGE.min(rows - first_i);
            for (j, line) in square[..across].iter_mut().enumerate() {
                line[..down].copy_from_slice(&from[(first_j + j) * stride + first_i..][..down]);
            }
            for i in 0..down {
                let into = &mut into[(first_i + i) * width + first_j..][..across];
                into.iter_mut().zip(&square).for_each(|(to, line)| *to += line[i]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn rectangles_go_where_their_parameters_are() {
        for (rows, columns) in [(1, 1), (7, 17), (17, 7), (40, 129), (32, 16)] {
            let (stride, width) = (rows.max(columns) + 3, columns + 2);
            let from: Vec<f64> = (0..stride * stride).map(|i| i as f64).collect();
            let old = vec![0.5; rows * width];
            let (mut straight, mut transposed) = (old.clone(), old.clone());
            add_rows([rows, columns], &from, stride, &mut straight, width);
            add_transposed([rows, columns], &from, stride, &mut transposed, width);
            for (place, old) in old.iter().enumerate() {
                let (i, j) = (place / width, place % width);
                let inside = j < columns;
                let expected = |at: usize| if inside { old + from[at] } else { *old };
                assert_eq!(straight[place], expected((i * stride + j) * usize::from(inside)));
                assert_eq!(transposed[place], expected((j * stride + i) * usize::from(inside)));
            }
        }
    }
}
