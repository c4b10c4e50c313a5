//! What is allocated: nothing a step, and nothing a run once the memory has its size.

use std::alloc::{GlobalAlloc, Layout, System};

use ndarray::Array3;
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;

use crate::cells::{cell, each_cell, inputs, seed, state_views, states, views};

/// The system's allocator, which counts what the current thread asks for.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

// SAFETY: the system's allocator does all the work; a counter without a destructor allocates
// nothing itself.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Allocations of this thread during `work`.
fn allocations(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

fn steps_allocate_nothing<C: Cell>() {
    let cell = cell::<C>();
    let mut stream = Stream::new(&cell);
    let x: Vec<Vec<C::Scalar>> =
        inputs::<C>(1, 1).iter().map(|x| x.iter().copied().collect()).collect();
    let x: Vec<&[C::Scalar]> = x.iter().map(Vec::as_slice).collect();
    let mut output = vec![C::Scalar::default(); C::GRAPH.output_len];
    let state = vec![C::Scalar::default(); C::GRAPH.states[0].len];
    let count = allocations(|| {
        for _ in 0..10 {
            stream.step(&x, &mut output).unwrap();
        }
        stream.set_state(0, &state).unwrap();
        stream.state(0).unwrap();
        stream.reset();
    });
    assert_eq!(count, 0);
}

mod streams {
    use super::steps_allocate_nothing;

    super::each_cell!(steps_allocate_nothing);
}

fn runs_allocate_nothing<C: Cell>() {
    let (mut cell, x, initial) = (cell::<C>(), inputs::<C>(70, 3), states::<C>(3));
    let (x, initial) = (views(&x), state_views(&initial));
    let seed = seed::<C>(70, 3);
    let adjoints = OutputGradients { states: &initial, ..OutputGradients::outputs(seed.view()) };
    let mut output = Array3::zeros((70, 3, C::GRAPH.output_len));
    let (mut inference, mut run) = (Sequence::new(), Sequence::new());
    let mut gradient = C::zeros();
    inference.forward_into(&cell, &x, &initial, output.view_mut()).unwrap();
    run.record_into(&cell, &x, &initial, output.view_mut()).unwrap();
    let mut into = run.input_gradients();
    run.backward_into(&cell, &adjoints, &mut gradient, &mut into).unwrap();

    // A step of an optimiser in between: packed weights are made anew in their old place.
    cell.as_mut_slice()[0] += C::Scalar::from_f64(0.1);
    let view = output.view_mut();
    let count = allocations(|| inference.forward_into(&cell, &x, &initial, view).unwrap());
    assert_eq!(count, 0, "forward_into");
    let view = output.view_mut();
    let count = allocations(|| run.record_into(&cell, &x, &initial, view).unwrap());
    assert_eq!(count, 0, "record_into");
    let count = allocations(|| {
        run.backward_add_into(&cell, &adjoints, &mut gradient, &mut into).unwrap();
    });
    assert_eq!(count, 0, "backward_into");
}

mod runs {
    use super::runs_allocate_nothing;

    super::each_cell!(runs_allocate_nothing);
}
