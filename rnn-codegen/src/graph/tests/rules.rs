//! Small exact cases of `simplify`: each line of the table once.

use crate::graph::build::Build;
use crate::graph::simplify::simplify;
use crate::graph::{Backward, Factor, Graph, Map, MatrixRef, MatrixSource, NodeId, Op, Zip};
use crate::ops::Shape;

const FOUR: Shape = Shape::Vector(4);

/// A value of the forward pass after simplification, printed by [`text`].
fn simplified(build: impl FnOnce(&mut Graph) -> NodeId) -> String {
    let mut graph = Graph::default();
    let output = build(&mut graph);
    graph.output = Some(output);
    let graph = simplify(graph, true);
    text(&graph, graph.output.expect("the output stays"))
}

/// The same of an adjoint.
fn adjoint(build: impl FnOnce(&mut Graph) -> NodeId) -> String {
    let mut graph = Graph::default();
    let value = build(&mut graph);
    graph.backward = Some(Backward { inputs: vec![Some(value)], ..Backward::default() });
    let graph = simplify(graph, true);
    let value = graph.backward.as_ref().and_then(|backward| backward.inputs[0]);
    value.map_or("nothing".into(), |value| text(&graph, value))
}

/// A value as a nested expression.
fn text(graph: &Graph, id: NodeId) -> String {
    let node = graph.node(id);
    let args: Vec<String> = node.args.iter().map(|&arg| text(graph, arg)).collect();
    let len = node.shape.len();
    match &node.op {
        Op::Input(index) => ["x", "y", "z"][*index].to_owned(),
        Op::Param(index) => ["s", "t"][*index].to_owned(),
        Op::Const(value) if node.shape == Shape::Scalar => value.0.to_string(),
        Op::Const(value) => format!("{}[{len}]", value.0),
        Op::Zip(Zip::Add) => format!("({} + {})", args[0], args[1]),
        Op::Zip(Zip::Sub) => format!("({} - {})", args[0], args[1]),
        Op::Zip(Zip::Mul) => format!("({} * {})", args[0], args[1]),
        Op::Zip(Zip::Div) => format!("({} / {})", args[0], args[1]),
        Op::Map(Map::Neg) => format!("-{}", args[0]),
        Op::Slice { start } => format!("{}[{start}..{}]", args[0], start + len),
        other => format!("{other:?}({})", args.join(", ")),
    }
}

/// Vectors `x` and `y` of length 4, scalars `s` and `t`.
fn leaves(g: &mut Graph) -> (NodeId, NodeId, NodeId, NodeId) {
    let mut leaf = |op, shape| g.add(op, Vec::new(), shape);
    let (x, y) = (leaf(Op::Input(0), FOUR), leaf(Op::Input(1), FOUR));
    (x, y, leaf(Op::Param(0), Shape::Scalar), leaf(Op::Param(1), Shape::Scalar))
}

/// One function of two operands, by number or leaf.
fn with_number(zip: Zip, value: f64, number_first: bool) -> impl FnOnce(&mut Graph) -> NodeId {
    move |g| {
        let (x, ..) = leaves(g);
        let value = g.number(value);
        if number_first { g.zip(zip, value, x) } else { g.zip(zip, x, value) }
    }
}

#[test]
fn numbers() {
    let right = |zip, value| simplified(with_number(zip, value, false));
    let left = |zip, value| simplified(with_number(zip, value, true));
    assert_eq!(right(Zip::Add, -0.0), "x");
    assert_eq!(right(Zip::Sub, 0.0), "x");
    assert_eq!(left(Zip::Mul, 1.0), "x");
    assert_eq!(right(Zip::Mul, -1.0), "-x");
    assert_eq!(right(Zip::Div, 1.0), "x");
    assert_eq!(right(Zip::Div, 8.0), "(x * 0.125)");
    assert_eq!(right(Zip::Div, -0.5), "(x * -2)");
    assert_eq!(right(Zip::Div, 3.0), "(x / 3)");
    assert_eq!(left(Zip::Mul, 3.0), "(x * 3)");
    let right = |zip, value| adjoint(with_number(zip, value, false));
    let left = |zip, value| adjoint(with_number(zip, value, true));
    assert_eq!(right(Zip::Add, 0.0), "x");
    assert_eq!(left(Zip::Sub, 0.0), "-x");
    assert_eq!(right(Zip::Mul, 0.0), "nothing");
    assert_eq!(left(Zip::Div, 0.0), "nothing");
}

#[test]
fn values_keep_their_zeros_and_their_order() {
    let right = |zip, value| simplified(with_number(zip, value, false));
    let left = |zip, value| simplified(with_number(zip, value, true));
    assert_eq!(right(Zip::Add, 0.0), "(x + 0)");
    assert_eq!(left(Zip::Sub, 0.0), "(0 - x)");
    assert_eq!(right(Zip::Mul, 0.0), "(x * 0)");
    assert_eq!(left(Zip::Div, 0.0), "(0 / x)");
    let far = f64::from_bits(1);
    assert_eq!(right(Zip::Div, far), format!("(x / {far})"), "its inverse is infinite");
    let twice = simplified(|g| {
        let (x, ..) = leaves(g);
        let product = g.times_number(x, 1e200);
        g.times_number(product, 1e200)
    });
    assert_eq!(twice, "((x * 1e200) * 1e200)".replace("1e200", &1e200.to_string()));
    let scaled = simplified(|g| {
        let (x, _, s, t) = leaves(g);
        let product = g.times(x, s);
        let product = g.times(product, t);
        g.sum(product)
    });
    assert_eq!(scaled, "Sum((t * (x * s)))");
    let complement = simplified(complement_twice);
    assert_eq!(complement, "(1 - (1 - x))");
}

#[test]
fn a_concatenation_of_zeros_of_both_signs_keeps_them() {
    let joined = |values: [f64; 2]| {
        simplified(|g| {
            let parts = values.map(|value| g.number(value)).to_vec();
            g.add(Op::Concat, parts, Shape::Vector(2))
        })
    };
    assert_eq!(joined([0.0, -0.0]), "Concat(0, -0)");
    assert_eq!(joined([-0.0, -0.0]), "-0[2]");
    // Of an adjoint nothing is left.
    let nothing = adjoint(|g| {
        let parts = [0.0, -0.0].map(|value| g.number(value)).to_vec();
        g.add(Op::Concat, parts, Shape::Vector(2))
    });
    assert_eq!(nothing, "nothing");
}

#[test]
fn constants_are_folded_and_gathered() {
    let folded = simplified(|g| {
        let two = g.number(2.0);
        let three = g.fill(3.0, FOUR);
        let sum = g.plus(two, three);
        let root = g.map(Map::Sqrt, two);
        let squared = g.times(root, root);
        let total = g.sum(sum);
        g.over(total, squared)
    });
    assert!(folded.starts_with("9.99999") || folded == "10", "{folded}");
    let gathered = adjoint(|g| {
        let (x, ..) = leaves(g);
        let half = g.times_number(x, 0.5);
        let product = g.times_number(half, 6.0);
        let sum = g.plus_number(product, 1.0);
        g.plus_number(sum, 4.0)
    });
    assert_eq!(gathered, "((x * 3) + 5)");
}

#[test]
fn constants_are_rounded_as_the_scalar_type_rounds_them() {
    let folded = |double| {
        let mut graph = Graph::default();
        let (third, three) = (graph.number(1.0 / 3.0), graph.number(3.0));
        let product = graph.times(third, three);
        let one = graph.number(1.0);
        graph.output = Some(graph.minus(product, one));
        let graph = simplify(graph, double);
        text(&graph, graph.output.expect("the output stays"))
    };
    assert_eq!(folded(true), "0");
    assert_eq!(folded(false), (1.0_f32 / 3.0 * 3.0 - 1.0).to_string());
}

#[test]
fn approximations_are_not_folded() {
    let kept = simplified(|g| {
        let three = g.number(3.0);
        g.map(Map::SigmoidFast, three)
    });
    assert_eq!(kept, "Map(SigmoidFast)(3)");
}

#[test]
fn signs_move_outwards() {
    let signs = |build: fn(&mut Graph, NodeId, NodeId) -> NodeId| {
        adjoint(|g| {
            let (x, y, ..) = leaves(g);
            let opposite = g.negative(x);
            build(g, opposite, y)
        })
    };
    assert_eq!(signs(|g, minus_x, _| g.negative(minus_x)), "x");
    assert_eq!(signs(|g, minus_x, y| g.plus(minus_x, y)), "(y - x)");
    assert_eq!(signs(|g, minus_x, y| g.minus(y, minus_x)), "(x + y)");
    assert_eq!(signs(|g, minus_x, y| g.minus(minus_x, y)), "-(x + y)");
    assert_eq!(signs(|g, minus_x, _| g.times(minus_x, minus_x)), "(x * x)");
    assert_eq!(signs(|g, minus_x, y| g.over(y, minus_x)), "-(y / x)");
    assert_eq!(signs(|g, minus_x, _| g.times_number(minus_x, 2.0)), "(x * -2)");
    assert_eq!(signs(|g, minus_x, _| g.sum(minus_x)), "-Sum(x)");
    let difference = signs(|g, minus_x, y| {
        let sum = g.plus(minus_x, y);
        g.negative(sum)
    });
    assert_eq!(difference, "(x - y)");
}

fn complement_twice(g: &mut Graph) -> NodeId {
    let (x, ..) = leaves(g);
    let one = g.number(1.0);
    let inner = g.minus(one, x);
    g.minus(one, inner)
}

#[test]
fn complements_and_doubles() {
    assert_eq!(adjoint(complement_twice), "x");
    let doubled = simplified(|g| {
        let (x, ..) = leaves(g);
        g.plus(x, x)
    });
    assert_eq!(doubled, "(x * 2)");
}

#[test]
fn spread_scalars_beside_vectors_stay_scalars() {
    let beside = simplified(|g| {
        let (x, _, s, _) = leaves(g);
        let spread = g.spread(s, FOUR);
        g.times(spread, x)
    });
    assert_eq!(beside, "(x * s)");
    let inside = simplified(|g| {
        let (_, _, s, t) = leaves(g);
        let (s, t) = (g.spread(s, FOUR), g.spread(t, FOUR));
        let sum = g.plus(s, t);
        let sine = g.map(Map::Sin, sum);
        g.slice(sine, 1, 2)
    });
    assert_eq!(inside, "(Map(Sin)((s + t)) * 1[2])");
    let summed = simplified(|g| {
        let (_, _, s, _) = leaves(g);
        let spread = g.spread(s, FOUR);
        g.sum(spread)
    });
    assert_eq!(summed, "(s * 4)");
    let kept = simplified(|g| {
        let (_, _, s, _) = leaves(g);
        g.spread(s, FOUR)
    });
    assert_eq!(kept, "(s * 1[4])");
}

#[test]
fn scalar_factors() {
    let leaves_sum = adjoint(|g| {
        let (x, _, s, _) = leaves(g);
        let product = g.times(x, s);
        g.sum(product)
    });
    assert_eq!(leaves_sum, "(s * Sum(x))");
    let gathered = adjoint(|g| {
        let (x, _, s, t) = leaves(g);
        let product = g.times(x, s);
        g.times(t, product)
    });
    assert_eq!(gathered, "(x * (s * t))");
}

#[test]
fn deviations_from_a_mean_leave_sums() {
    let summed = |share: f64, with_more: bool| {
        adjoint(|g| {
            let (x, y, s, t) = leaves(g);
            let shares = g.times_number(x, share);
            let mean = g.sum(shares);
            let (scaled, mean) = (g.times(x, t), g.times(mean, t));
            let deviations = g.minus(scaled, mean);
            // They are values of the forward pass.
            g.output = Some(deviations);
            let scaled = g.times(deviations, s);
            let value = if with_more { g.plus(y, scaled) } else { scaled };
            g.sum(value)
        })
    };
    let residue = "(s * Residue(((x * t) - (t * Sum((x * 0.25))))))";
    assert_eq!(summed(0.25, false), residue);
    assert_eq!(summed(0.25, true), format!("(Sum(y) + {residue})"));
    assert!(summed(0.5, true).starts_with("Sum((y + (s * "), "{}", summed(0.5, true));
}

#[test]
fn parts_and_joins() {
    let merged = simplified(|g| {
        let (x, y, ..) = leaves(g);
        let (left, right) = (g.slice(x, 0, 2), g.slice(x, 2, 2));
        let inner = g.concat(vec![right, y]);
        g.concat(vec![left, inner])
    });
    assert_eq!(merged, "Concat(x, y)");
    let cut = simplified(|g| {
        let (x, y, ..) = leaves(g);
        let joined = g.concat(vec![x, y]);
        let part = g.slice(joined, 3, 4);
        g.slice(part, 1, 2)
    });
    assert_eq!(cut, "y[0..2]");
    let zeros = adjoint(|g| {
        let (x, ..) = leaves(g);
        let zero = g.fill(0.0, Shape::Vector(2));
        let joined = g.concat(vec![zero, zero, x]);
        let source = MatrixSource::Param(2);
        let matrix = MatrixRef {
            source,
            row: 0,
            column: 0,
            rows: 3,
            columns: 4,
            transposed: false,
            factor: Factor::One,
        };
        let head = g.slice(joined, 0, 4);
        g.product(matrix, head)
    });
    assert_eq!(zeros, "nothing");
}
