//! Generated code: the same for the same declaration, and as snapshots in `tests/expand` at the
//! root of the repository.

use proc_macro2::{TokenStream, TokenTree};

use crate::declare;
use crate::graph::samples;

const LSTM: &str = "
    /// Long short-term memory (Gers et al. 2000).
    pub struct Lstm {
        input x: 4;
        state h: 8, c: h;
        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    }
";

const GRU_RESET_BEFORE: &str = "
    /// Gated recurrent unit, reset before the product (Cho et al. 2014).
    pub struct Gru {
        input x: 3;
        state h: 5;
        gate r = sigmoid(x, h);
        gate z = sigmoid(x, h);
        rh = r * h;
        gate n = tanh(x, rh);
        h[t] = (1 - z) * n + z * h;
    }
";

const SCALARS: &str = "
    /// Values computed once a call, in doubles.
    struct Scalars {
        scalar f64;
        input x: 2;
        state h: 3;
        param alpha = 0.5, W: [h, x], b: [h];
        keep = sigmoid(alpha);
        h[t] = keep * h + (1 - keep) * tanh(W @ x + (b + exp(alpha)));
        output h[t] * sum(softmax(b) * h[t-1]);
    }
";

fn expand(declaration: &str) -> TokenStream {
    let code = declare(format!("(::rnn_runtime) {declaration}").parse().expect("tokens"));
    assert!(!code.to_string().contains("compile_error"), "{code}");
    code
}

fn snapshot(name: &str, declaration: &str) {
    let file = syn::parse2(expand(declaration)).expect("generated code is Rust");
    samples::snapshots("../../../tests/expand")
        .bind(|| insta::assert_snapshot!(name, prettyplease::unparse(&file)));
}

#[test]
fn lstm() {
    snapshot("lstm_code", LSTM);
}

#[test]
fn gru_reset_before() {
    snapshot("gru_reset_before_code", GRU_RESET_BEFORE);
}

#[test]
fn scalars() {
    snapshot("scalars_code", SCALARS);
}

#[test]
fn functions_of_functions_have_a_loop_of_their_own_where_vectors_are_long() {
    let loops = |units: usize| {
        let declaration = LSTM.replace("state h: 8", &format!("state h: {units}"));
        expand(&declaration).to_string().matches("while at <").count()
    };
    // Neither fills the widest vectors, for which loops of a single row are spelled apart.
    assert_eq!(loops(33), loops(31) + 1);
}

#[test]
fn sizes_are_written_without_their_type() {
    for declaration in [LSTM, GRU_RESET_BEFORE, SCALARS] {
        let code = expand(declaration).to_string();
        let suffixed = |(at, _)| code[..at].ends_with(|c: char| c.is_ascii_digit());
        assert!(!code.match_indices("usize").any(suffixed));
    }
}

/// Whole vectors would overwrite the numbers that stand next to them on the tape.
#[test]
fn numbers_on_the_tape_are_written_alone() {
    let code = expand(
        "struct Test { input x: 4; state h: 4;
         h[t] = tanh(norm(x) * h + norm(h) * x) * norm(x + h); }",
    );
    let code = code.to_string();
    let stores = |method: &str| code.matches(&format!("{method} (tape_row , ")).count();
    // Each norm, and a vector.
    assert_eq!((stores("store_number"), stores("store")), (3, 1), "{code}");
    assert!(code.contains("tape : 32"), "{code}");
}

#[test]
fn the_same_declaration_gives_the_same_code() {
    for declaration in [LSTM, GRU_RESET_BEFORE, SCALARS] {
        assert_eq!(expand(declaration).to_string(), expand(declaration).to_string());
    }
}

/// A user's `x_row` must not hide the row of the inputs, nor `s_total` the accumulator of `s`.
#[test]
fn names_with_the_endings_of_the_frame_are_free() {
    let code = expand(
        "struct Test { input x: 4; state h: 4; param x_row: [h];
         s = sum(h); s_total = tanh(x + x_row);
         h[t] = s_total * s + x * x_row; }",
    );
    let code = prettyplease::unparse(&syn::parse2(code).expect("generated code is Rust"));
    assert!(!code.contains("let x_row = simd"), "{code}");
    assert!(!code.contains("let s_total = "), "{code}");
}

/// Parts that overlap are cut from a whole: the backward pass must find that whole, not the part.
#[test]
fn overlapping_parts_of_a_product_are_kept_as_a_whole() {
    expand(
        "struct Test { input x: 4; state h: 4; param W: [6, x + h];
         p = W @ [x, h];
         h[t] = tanh(p[..4]) * sigmoid(p[2..]); }",
    );
}

#[test]
fn a_bar_in_a_doc_comment_does_not_end_the_table_cell() {
    let code = expand("struct Bar { /// left | right\n input x: 3; state h: 3; h[t] = x; }");
    assert!(code.to_string().contains(r"| input | `x` | 3 | left \\| right |"));
}

#[test]
fn half_the_width_is_half_the_memory_that_bounds_a_step() {
    // 128 * 128 weights: 64 KB as they are.
    let cell = |statement| {
        let head = "struct Wide { input x: 1; state h: 128;";
        expand(&format!("{head} {statement} gate n = tanh(x, h); h[t] = n; }}")).to_string()
    };
    assert!(cell("").contains("one row: second-level cache bandwidth"));
    assert!(cell("weights bf16;").contains("one row: latency"));
}

/// The most `let`s that stand in one another's scope: those of a block and of the blocks around it.
fn scopes(code: TokenStream) -> usize {
    let (mut own, mut inner) = (0, 0);
    for tree in code {
        match tree {
            TokenTree::Ident(word) if word == "let" => own += 1,
            TokenTree::Group(group) => inner = inner.max(scopes(group.stream())),
            _ => {}
        }
    }
    own + inner
}

/// Rust's compiler writes the debug information of scopes by recursion, and thousands overflow its
/// stack.
#[test]
fn long_sums_open_few_scopes() {
    for numbers in [97, 3000] {
        let terms: Vec<String> =
            (0..3000).map(|i| format!("0.{:04} * x", 1 + i % numbers)).collect();
        let declaration =
            format!("struct Long {{ input x: 4; state h: 4; h[t] = {} + h; }}", terms.join(" + "));
        let most = scopes(expand(&declaration));
        assert!(most < 500, "{most}");
    }
}
