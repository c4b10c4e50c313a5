//! Rectangles of a parameter matrix on the way into a panel: copied, transposed, scaled.

use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

/// `into[k * width + c] *= factor`.
///
/// # Safety
/// All `k` rows of `columns` are inside the buffer.
#[inline(always)]
pub(super) unsafe fn scale<E: Element>(
    factor: E,
    k: usize,
    columns: usize,
    into: *mut E,
    width: usize,
) {
    for row in 0..k {
        for c in 0..columns {
            // SAFETY: the caller's promise.
            unsafe {
                let value = into.add(row * width + c);
                *value *= factor;
            }
        }
    }
}

/// `into[k * width + c] = from[k * stride + c]`.
///
/// # Safety
/// All `k` rows of `columns` are inside their buffers.
#[inline(always)]
pub(super) unsafe fn copy_rows<E: Element, S: Machine<E>>(
    simd: S,
    k: usize,
    columns: usize,
    from: *const E,
    stride: usize,
    into: *mut E,
    width: usize,
) {
    for row in 0..k {
        // SAFETY: the caller's promise; whole vectors only while `columns` are left.
        unsafe {
            let (from, into) = (from.add(row * stride), into.add(row * width));
            let mut c = 0;
            while c + S::LANES <= columns {
                simd.store(simd.load(from.add(c)), into.add(c));
                c += S::LANES;
            }
            while c < columns {
                *into.add(c) = *from.add(c);
                c += 1;
            }
        }
    }
}

/// Edge of the squares that are transposed at once.
const BLOCK: usize = 8;

/// Columns of a block of the target that is written line by line: 64 bytes of `f32`.
const STRIPE: usize = 16;

/// `into[k * width + c] = from[c * stride + k]`, in blocks, so that a line is read and written
/// whole.
///
/// # Safety
/// All `columns` rows of `k` of the source and `k` rows of `columns` of the target are inside their
/// buffers.
#[inline(always)]
pub(super) unsafe fn transpose<E: Element>(
    k: usize,
    columns: usize,
    from: *const E,
    stride: usize,
    into: *mut E,
    width: usize,
) {
    let (whole_k, whole_c) = (k / BLOCK * BLOCK, columns / BLOCK * BLOCK);
    let mut stripe = 0;
    while stripe < whole_c {
        let end = whole_c.min(stripe + STRIPE);
        let mut row = 0;
        while row < whole_k {
            let mut c = stripe;
            while c < end {
                // SAFETY: the block is inside both rectangles.
                unsafe {
                    let (from, into) = (from.add(c * stride + row), into.add(row * width + c));
                    transpose_block(from, stride, into, width);
                }
                c += BLOCK;
            }
            row += BLOCK;
        }
        stripe = end;
    }
    // SAFETY: the two strips left over are inside both rectangles.
    unsafe {
        transpose_each(whole_k..k, 0..columns, from, stride, into, width);
        transpose_each(0..whole_k, whole_c..columns, from, stride, into, width);
    }
}

/// [`transpose`] of one square. Values of four bytes are written in pairs: half as many stores, and
/// the compiler makes gathers, which are slower, of anything plainer.
///
/// # Safety
/// The square is inside both buffers.
#[inline(always)]
unsafe fn transpose_block<E: Element>(from: *const E, stride: usize, into: *mut E, width: usize) {
    if size_of::<E>() != 4 {
        // SAFETY: the caller's promise.
        return unsafe { transpose_each(0..BLOCK, 0..BLOCK, from, stride, into, width) };
    }
    for k in 0..BLOCK {
        for c in (0..BLOCK).step_by(2) {
            // SAFETY: the caller's promise; any four bytes are a `u32`.
            unsafe {
                let first = from.add(c * stride + k).cast::<u32>().read();
                let second = from.add((c + 1) * stride + k).cast::<u32>().read();
                into.add(k * width + c).cast::<u64>().write_unaligned(pair(first, second));
            }
        }
    }
}

/// The value whose first four bytes in memory are `first`.
#[inline(always)]
fn pair(first: u32, second: u32) -> u64 {
    let (low, high) =
        if cfg!(target_endian = "little") { (first, second) } else { (second, first) };
    u64::from(low) | u64::from(high) << 32
}

/// [`transpose`] value by value.
///
/// # Safety
/// The ranges are inside both buffers.
#[inline(always)]
unsafe fn transpose_each<E: Element>(
    rows: core::ops::Range<usize>,
    columns: core::ops::Range<usize>,
    from: *const E,
    stride: usize,
    into: *mut E,
    width: usize,
) {
    for c in columns {
        for k in rows.clone() {
            // SAFETY: the caller's promise.
            unsafe { *into.add(k * width + c) = *from.add(c * stride + k) };
        }
    }
}
