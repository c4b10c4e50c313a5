//! Declarations that are right: what becomes of them. Those that are wrong are under `tests/ui`.

mod broken;
mod families;
mod large;

use super::cell::{Cell, Expr, ExprKind};
use super::*;
use crate::functions::Unary;
use crate::ops::{Init, Reduce, Shape};
use crate::syntax::{self, Instance};

fn spec(text: &str) -> Spec {
    let tokens = text.parse().expect("tokens");
    syntax::parse(tokens).unwrap_or_else(|e| panic!("{:?}", e.into_vec()))
}

fn messages(errors: Errors) -> Vec<String> {
    errors.into_vec().iter().map(ToString::to_string).collect()
}

/// The cell with the statements `body`.
fn cell(body: &str) -> Cell {
    let spec = spec(&format!("pub struct Test {{ {body} }}"));
    check(&spec).unwrap_or_else(|e| panic!("{:#?}", messages(e)))
}

fn errors(body: &str) -> Vec<String> {
    match check(&spec(&format!("pub struct Test {{ {body} }}"))) {
        Ok(_) => Vec::new(),
        Err(errors) => messages(errors),
    }
}

/// Every operation in parentheses, parameters by name, values of other equations in quotes.
fn show(cell: &Cell, expr: &Expr) -> String {
    let all = |list: &[Expr]| list.iter().map(|e| show(cell, e)).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Number(value) => format!("{:?}", value.0),
        ExprKind::Shared(row) => show(cell, &cell.shared[*row]),
        ExprKind::Input(i) => cell.inputs[*i].name.to_string(),
        ExprKind::Prev(i) => format!("{}[t-1]", cell.states[*i].name),
        ExprKind::Param(i) => cell.params[*i].name.clone(),
        ExprKind::Let(i) => format!("'{}'", cell.lets[*i].name),
        ExprKind::Product { param, transposed, operand } => {
            let mark = if *transposed { ".T" } else { "" };
            format!("({}{mark} @ {})", cell.params[*param].name, show(cell, operand))
        }
        ExprKind::Concat(parts) => format!("[{}]", all(parts)),
        ExprKind::Slice { operand, start } => {
            format!("{}[{start}..{}]", show(cell, operand), start + expr.shape.len())
        }
        ExprKind::Unary(Unary::Map(function), operand) => {
            format!("{function:?}({})", show(cell, operand))
        }
        ExprKind::Unary(function, operand) => format!("{function:?}({})", show(cell, operand)),
        ExprKind::Binary(operator, left, right) => {
            format!("({} {operator:?} {})", show(cell, left), show(cell, right))
        }
        ExprKind::Reduce(reduce, operands) => match reduce {
            Reduce::LayerNorm { epsilon } => format!("LayerNorm[{}]({})", epsilon.0, all(operands)),
            other => format!("{other:?}({})", all(operands)),
        },
    }
}

/// `name = value` of the equation number `index`.
fn equation(cell: &Cell, index: usize) -> String {
    format!("{} = {}", cell.lets[index].name, show(cell, &cell.lets[index].value))
}

fn params(cell: &Cell) -> Vec<(&str, String, Shape)> {
    cell.params.iter().map(|p| (p.name.as_str(), p.field.to_string(), p.shape)).collect()
}

const PEEPHOLE: &str = "
    input x: 32;
    state h: 64, c: 64;
    param p_i, p_f, p_o: [h];
    gate i = sigmoid(x, h; p_i * c);
    gate f = sigmoid(x, h; p_f * c) bias 1.0;
    gate g = tanh(x, h);
    c[t] = f * c + i * g;
    gate o = sigmoid(x, h; p_o * c[t]);
    h[t] = o * tanh(c[t]);
";

#[test]
fn gates_are_written_out() {
    let cell = cell(PEEPHOLE);
    assert_eq!(
        equation(&cell, 0),
        "i = Sigmoid(((((i.x @ x) Add (i.h @ h[t-1])) Add i.b) Add (p_i Mul c[t-1])))"
    );
    assert_eq!(equation(&cell, 3), "c[t] = (('f' Mul c[t-1]) Add ('i' Mul 'g'))");
    assert_eq!(
        equation(&cell, 4),
        "o = Sigmoid(((((o.x @ x) Add (o.h @ h[t-1])) Add o.b) Add (p_o Mul 'c[t]')))"
    );
    assert_eq!(equation(&cell, 5), "h[t] = ('o' Mul Tanh('c[t]'))");
    assert_eq!(cell.next, [5, 3]);
    assert_eq!(show(&cell, &cell.output), "'h[t]'");
    assert_eq!(cell.equations[1], "gate f = sigmoid(x, h; p_f * c) bias 1.0");
}

#[test]
fn parameters_come_in_the_order_of_the_declaration() {
    let cell = cell(PEEPHOLE);
    let names: Vec<&str> = cell.params.iter().map(|p| p.name.as_str()).collect();
    let expected = "p_i p_f p_o i.x i.h i.b f.x f.h f.b g.x g.h g.b o.x o.h o.b";
    assert_eq!(names.join(" "), expected);
    assert_eq!(params(&cell)[3], ("i.x", "i_x".to_owned(), Shape::Matrix(64, 32)));
    assert_eq!(cell.params[0].init, Init::UniformFan(64));
    assert_eq!(cell.params[3].init, Init::UniformFan(64));
    assert_eq!(cell.params[5].init, Init::Constant(0.0));
    assert_eq!(cell.params[8].init, Init::Constant(1.0));
}

#[test]
fn operands_name_their_matrices() {
    let cell = cell(
        "input x: 3, dt: 1; state h: 4, c: 5; gate r = sigmoid(x[t], h[t-1]); rh = r * h;
         c[t] = c; gate n: 4 = linear(dt, rh, c[t]) no bias; h[t] = n;",
    );
    let names: Vec<String> =
        params(&cell).iter().map(|(n, f, s)| format!("{n} {f} {s:?}")).collect();
    assert_eq!(
        names[2..],
        [
            "r.b r_b Vector(4)",
            "n.dt n_dt Matrix(4, 1)",
            "n.rh n_rh Matrix(4, 4)",
            "n.c_t n_c_t Matrix(4, 5)"
        ]
    );
}

#[test]
fn explicit_form_of_the_gru() {
    let cell = cell(
        "input x: 8; state h: 8;
         gate r = sigmoid(x, h); gate z = sigmoid(x, h);
         param W_n: [h, x] = glorot, U_n: [h, h] = orthogonal, b_n, c_n: [h] = 0.5;
         n = tanh(W_n @ x + b_n + r * (U_n @ h + c_n));
         h[t] = (1 - z) * n + z * h;",
    );
    assert_eq!(
        equation(&cell, 2),
        "n = Tanh((((W_n @ x) Add b_n) Add ('r' Mul ((U_n @ h[t-1]) Add c_n))))"
    );
    assert_eq!(equation(&cell, 3), "h[t] = (((1.0 Sub 'z') Mul 'n') Add ('z' Mul h[t-1]))");
    let inits: Vec<Init> = cell.params[6..].iter().map(|p| p.init).collect();
    assert_eq!(inits, [Init::Glorot, Init::Orthogonal, Init::Constant(0.5), Init::Constant(0.5)]);
}

#[test]
fn precedence_is_left_to_right_and_signs_take_the_product() {
    let cell = cell(
        "input x: 4; state h: 4; param W: [h, x], U: [h, h];
         a = -W @ x * h / 2 - -U.T @ x;
         h[t] = a * -x - (a - x) - 1e-3;",
    );
    assert_eq!(equation(&cell, 0), "a = (Neg((((W @ x) Mul h[t-1]) Div 2.0)) Sub Neg((U.T @ x)))");
    assert_eq!(
        equation(&cell, 1),
        "h[t] = (((a Mul Neg(x)) Sub (a Sub x)) Sub 0.001)".replace("(a ", "('a' ")
    );
}

#[test]
fn concatenations_and_ranges() {
    let cell = cell(
        "input x: 3; state h: 4, c: h; dim P = 2;
         xh = [x, h, c];
         c[t] = xh[x..x + h];
         h[t] = [xh[..P], xh[9..], xh[P * 2..P * 2 + 0 + 1 - 0], xh[0..11][0..(P)][1..2][0..1],
                 xh[5..5+1]][1..1+h];",
    );
    assert_eq!(equation(&cell, 0), "xh = [x, h[t-1], c[t-1]]");
    assert_eq!(equation(&cell, 1), "c[t] = 'xh'[3..7]");
    assert_eq!(
        equation(&cell, 2),
        "h[t] = ['xh'[0..2], 'xh'[9..11], 'xh'[4..5], 'xh'[0..2][1..2], 'xh'[5..6]][1..5]"
    );
}

#[test]
fn functions_of_the_notation() {
    let cell = cell(
        "input x: 4; state h: 4; param g, b: [h];
         const LOW = -1 / 2; dim P = 3;
         s = sum(x) + mean(h) * dot(x, h) - norm(x);
         h[t] = clamp(pow(x, P) + leaky_relu(h, 0.2), LOW, 2) + min(x, 1) * max(s, h) + softmax(x)
              + layer_norm(x) + layer_norm(h, g, b) + layer_norm(x, 1e-3) + elu(x)
              + gelu_tanh(-x);",
    );
    assert_eq!(
        equation(&cell, 0),
        "s = ((Sum(x) Add (Mean(h[t-1]) Mul Dot(x, h[t-1]))) Sub Norm(x))"
    );
    assert_eq!(cell.lets[0].value.shape, Shape::Scalar);
    let text = equation(&cell, 1);
    for part in [
        "Clamp(Number(-0.5), Number(2.0))((Pow(Number(3.0))(x) Add LeakyRelu(Number(0.2))(",
        "((x Min 1.0) Mul ('s' Max h[t-1]))",
        "Softmax(x)",
        "LayerNorm[0.00001](x)",
        "LayerNorm[0.00001](h[t-1], g, b)",
        "LayerNorm[0.001](x)",
        "Elu(Number(1.0))(x)",
        "GeluTanh(Neg(x))",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn own_functions_are_written_out() {
    let cell = cell(
        "input x: 4; state h: 4; param W: [h, x]; const S = 1.7159;
         fn scaled(x) = S * tanh(x); fn affine(M, v) = scaled(M @ v); fn twice(u) = 2 * u;
         gate i = twice(x, h) bias uniform(0.1);
         h[t] = affine(W, x) + i;",
    );
    assert_eq!(equation(&cell, 0), "i = (2.0 Mul (((i.x @ x) Add (i.h @ h[t-1])) Add i.b))");
    assert_eq!(equation(&cell, 1), "h[t] = ((1.7159 Mul Tanh((W @ x))) Add 'i')");
    assert_eq!(cell.params[3].init, Init::Uniform(0.1));
}

#[test]
fn an_argument_hides_a_function_of_its_name() {
    let text = "input x: 4; state h: 4; fn f(g) = tanh(g); fn g(u) = f(u) + 1; h[t] = g(x) + h;";
    assert_eq!(equation(&cell(text), 0), "h[t] = ((Tanh(x) Add 1.0) Add h[t-1])");
}

#[test]
fn constants_are_finite_in_the_scalar_type() {
    let values = ["x * 1e39", "x * (1e30 * 1e30)", "pow(x, 1e39)", "clamp(x, -1e39, 1)"];
    let too_small = ["x / 1e-50", "layer_norm(x, 1e-50)"];
    for value in values.into_iter().chain(too_small) {
        let body = format!("input x: 4; state h: 4; h[t] = {value} + h;");
        assert_eq!(errors(&body).len(), 1, "{body}");
        assert_eq!(errors(&format!("scalar f64; {body}")).len(), 0, "{body}");
    }
    for value in ["1e30 * 1e30 * x", "1e30 / 1e-30 * x", "3e38 + 3e38 + x", "A * A * x"] {
        let body = format!("input x: 4; state h: 4; const A = 1e30; h[t] = {value} + A * h;");
        assert_eq!(errors(&body).len(), 1, "from left to right: {body}");
        assert_eq!(errors(&format!("scalar f64; {body}")).len(), 0, "{body}");
    }
    for init in ["a = 1e39", "a: [h] = uniform(1e39)", "a: [h] = normal(1e-60)"] {
        let body = format!("input x: 4; state h: 4; param {init}; h[t] = a * x + h;");
        assert_eq!(errors(&body).len(), 1, "{body}");
        assert_eq!(errors(&format!("scalar f64; {body}")).len(), 0, "{body}");
    }
    for value in ["x / 0", "x * (0 / 0)", "x * log(0)", "x / (1 - 1)", "recip(0) * x", "x * 1e400"]
    {
        let body = format!("scalar f64; input x: 4; state h: 4; h[t] = {value} + h;");
        assert_eq!(errors(&body).len(), 1, "{body}");
    }
}

#[test]
fn matrices_of_gates_can_be_read() {
    let cell = cell(
        "input x: 4; state h: 4; gate i = sigmoid(x, h);
         h[t] = i * tanh(i.x @ x + i.h.T @ h + i.b);",
    );
    assert_eq!(
        equation(&cell, 1),
        "h[t] = ('i' Mul Tanh((((i.x @ x) Add (i.h.T @ h[t-1])) Add i.b)))"
    );
}

#[test]
fn numbers_fixed_parameters_and_outputs() {
    let cell = cell(
        "input x: 4; state h: 6, u: 1; fixed W: [h, x] = normal(0.2);
         param a = 0.5, k: scalar, V: [2, h]; scalar f64; steps 100;
         h[t] = a * h + k * (W @ x);
         u[t] = sum(x) + u;
         output [V @ h[t], u[t-1]];",
    );
    assert!(cell.double);
    assert_eq!(cell.steps, Some(100));
    assert!(!cell.params[0].trainable && cell.params[1].trainable);
    assert_eq!(cell.params[1].shape, Shape::Scalar);
    assert_eq!(cell.params[1].init, Init::Constant(0.5));
    assert_eq!(cell.output.shape, Shape::Vector(3));
    assert_eq!(show(&cell, &cell.output), "[(V @ 'h[t]'), u[t-1]]");
}

#[test]
fn a_number_fills_a_state_of_one() {
    let cell = cell("input x: 4; state u: 1; h = sum(x) * u; u[t] = sum(h);");
    assert_eq!(equation(&cell, 1), "u[t] = (1.0 Mul Sum('h'))");
    assert_eq!(cell.lets[1].value.shape, Shape::Vector(1));
}

#[test]
fn documentation_is_kept() {
    let cell = cell(
        "/// The signal.\n input x: 4; state h: 4, \n /// The memory.\n c: 4;
         /// Diagonal.\n param w: [h]; /// Opens.\n gate i = sigmoid(x);
         c[t] = c; h[t] = w * i;",
    );
    assert_eq!(cell.inputs[0].doc.as_deref(), Some("The signal."));
    assert_eq!(cell.states[0].doc, None);
    assert_eq!(cell.states[1].doc.as_deref(), Some("The memory."));
    assert_eq!(cell.params[0].doc.as_deref(), Some("Diagonal."));
    assert_eq!(cell.params[1].doc.as_deref(), Some("Opens."));
}

#[test]
fn one_mistake_gives_one_message() {
    for body in [
        "input x: 4; state h: 4; a = y * 2; b = tanh(a); h[t] = b + x;",
        "input x: 4; state h: 4; param W: [h, 5]; a = W @ x; h[t] = a + h;",
        "input x: 4; state h: 4, c: 5; c[t] = x; h[t] = c[t][..4] + x;",
        "input x: 4; state h: 4; fn f(u) = u * v; h[t] = f(x) + f(h);",
        "input x: 4; state h: 4; gate i = sigmod(x, h); h[t] = i;",
        "input x: 4; state h: 4; param W: [h, x; h[t] = W @ x;"
            .replace("[h, x;", "[h, x, 1];")
            .as_str(),
        "input x: 4; state h: 0; gate i = tanh(x, h); h[t] = i;",
        "input x: 4; state h: 4; const A = 1 / 0; h[t] = A * x + pow(h, A);",
    ] {
        let found = errors(body);
        assert_eq!(found.len(), 1, "{body}: {found:#?}");
    }
}

#[test]
fn all_mistakes_are_found() {
    let found = errors(
        "input x: 4, y: 2; state h: 4, c: 4; param W: [h, x], V: [c, y];
         a = W * x; b = V @ h; d = q + 1; inpt z: 3; e = tanh(x, h); h[t] = a + b; h[t] = d + e;",
    );
    assert_eq!(found.len(), 6, "{found:#?}");
}

#[test]
fn functions_of_numbers_are_numbers_where_they_are_wanted() {
    let cell = cell(
        "input x: 2; state h: 2; const P = round(2.5) + floor(1.5);
         h[t] = clamp(pow(x, P), floor(-0.5), atan(0) + log1p(0) + logaddexp(1e3, 0));",
    );
    let clamp = "h[t] = Clamp(Number(-1.0), Number(1000.0))(Pow(Number(3.0))(x))";
    assert_eq!(equation(&cell, 0), clamp);
    let found = errors("input x: 2; state h: 2; h[t] = x + log1p(-1);");
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn the_hidden_sums_of_activations_are_elementwise() {
    let cell = cell("input x: 2; state h: 2; gate a = linear(x); h[t] = recip(a);");
    assert!(matches!(cell.lets[0].value.kind, ExprKind::Binary(..)));
    assert!(matches!(cell.lets[1].value.kind, ExprKind::Unary(Unary::Recip, _)));
}

#[test]
fn names_that_modules_of_libraries_have_may_be_declared() {
    let text = "input x: 3; state h: 4; param K: [x, h], f32: [x, h]; gate F = sigmoid(x, h);
                h[t] = tanh(K.T @ x + f32.T @ x + F.x @ x) * F;";
    assert_eq!(errors(text).len(), 0, "{:?}", errors(text));
    let text = "input x: 3; state h: 4; param W: [h, x]; h[t] = self.W @ x;";
    assert_eq!(errors(text).len(), 1, "{:?}", errors(text));
}
