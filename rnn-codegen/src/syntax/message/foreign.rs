//! What people type from papers and other libraries, and how it is written here.

use proc_macro2::Ident;
use syn::buffer::Cursor;

use crate::functions;

/// Functions that have another name here.
const RENAMED: [(&str, &str); 36] = [
    ("σ", "sigmoid"),
    ("sigma", "sigmoid"),
    ("sigm", "sigmoid"),
    ("logistic", "sigmoid"),
    ("expit", "sigmoid"),
    ("swish", "silu"),
    ("lrelu", "leaky_relu"),
    ("rectifier", "relu"),
    ("identity", "linear"),
    ("ln", "log"),
    ("ln1p", "log1p"),
    ("arctan", "atan"),
    ("rint", "round"),
    ("roundeven", "round"),
    ("roundtieseven", "round"),
    ("power", "pow"),
    ("powi", "pow"),
    ("powf", "pow"),
    ("sqr", "square"),
    ("maximum", "max"),
    ("minimum", "min"),
    ("clip", "clamp"),
    ("inner", "dot"),
    ("vdot", "dot"),
    ("sgn", "sign"),
    ("signum", "sign"),
    ("absolute", "abs"),
    ("reciprocal", "recip"),
    ("inverse", "recip"),
    ("average", "mean"),
    ("avg", "mean"),
    ("reducesum", "sum"),
    ("reducemean", "mean"),
    ("l2norm", "norm"),
    ("layernormalization", "layer_norm"),
    ("th", "tanh"),
];

/// Functions that are something else here.
const WRITTEN: [(&[&str], &str); 38] = [
    (&["concat", "concatenate", "cat", "hstack", "vstack", "stack"], "write `[a, b]`"),
    (&["transpose", "t"], "the transpose of a matrix is `W.T`"),
    (&["matmul", "mm", "mv", "bmm", "einsum", "gemv"], "the matrix product is `W @ v`"),
    (&["multiply", "mul", "hadamard"], "write `a * b`"),
    (&["add"], "write `a + b`"),
    (&["sub", "subtract"], "write `a - b`"),
    (&["div", "divide"], "write `a / b`"),
    (&["neg", "negative"], "write `-v`"),
    (
        &["dense", "linear", "lineartransform", "fc", "affine"],
        "a layer is a gate, which has weights and a bias: `gate n = linear(x);` or \
         `gate n = tanh(x);`",
    ),
    (&["chunk", "split", "slice", "narrow"], "parts of a vector are ranges: `v[..8]`, `v[8..]`"),
    (
        &["reshape", "view", "squeeze", "unsqueeze", "flatten", "expand", "ravel"],
        "vectors have no shape but their length: leave it out",
    ),
    (&["zeros", "zeroslike"], "a number goes with every vector: write `0.0`"),
    (&["ones", "oneslike"], "a number goes with every vector: write `1.0`"),
    (
        &["where", "select", "cond", "heaviside", "step"],
        "blend the two values, `z * a + (1 - z) * b` with `z` between 0 and 1, or use `max`, \
         `min` or `clamp`",
    ),
    (&["stopgradient", "detach", "nograd"], "gradients go everywhere but into `fixed` parameters"),
    (
        &["outer", "ger", "kron"],
        "values are vectors and numbers: an outer product and a vector are `a * dot(b, v)`",
    ),
    (&["sinh"], "write `(exp(v) - exp(-v)) / 2`"),
    (&["cosh"], "write `(exp(v) + exp(-v)) / 2`"),
    (&["tan"], "write `sin(v) / cos(v)`"),
    (&["ceil"], "write `-floor(-v)`"),
    (&["trunc", "fix"], "write `sign(v) * floor(abs(v))`"),
    (&["frac", "fract"], "write `v - floor(v)`"),
    (&["logsumexp"], "of two values it is `logaddexp(a, b)`, of a vector `log(sum(exp(v)))`"),
    (&["atan2", "arctan2"], "write `atan(a / b)`, where `b` is positive"),
    (&["var", "variance"], "write `mean(square(v - mean(v)))`"),
    (&["std"], "write `sqrt(mean(square(v - mean(v))))`"),
    (&["rmsnorm"], "write `v / sqrt(mean(square(v)) + 1e-6)`"),
    (
        &["batchnorm", "groupnorm", "instancenorm"],
        "each vector of a batch is computed alone; `layer_norm(v)` normalises it",
    ),
    (
        &["argmax", "argmin", "topk", "sort"],
        "what has no derivative is computed outside the cell, from its output",
    ),
    (
        &["rand", "randn", "random", "normal", "uniform", "bernoulli", "noise"],
        "nothing is random within a step: give it as an input, `input noise: 24;`",
    ),
    (
        &["dropout", "zoneout", "alphadropout"],
        "nothing is random within a step: give the mask as an input and multiply, `mask * v`",
    ),
    (
        &["cumsum", "cumprod", "scan", "associativescan"],
        "running sums along a vector are not available; a `state` carries sums over steps",
    ),
    (
        &["len", "length", "dim", "shape", "size", "numel"],
        "the length of a vector is declared and then a number: `dim d = x;`",
    ),
    (
        &["amax", "amin", "reducemax", "reducemin"],
        "there is no maximum of a vector; `max(a, b)` is elementwise",
    ),
    (
        &["addweight", "param", "parameter", "variable", "weight", "matrix"],
        "declare it: `param W: [rows, columns];`, a vector as `[length]`",
    ),
    (&["input", "placeholder"], "declare it: `input x: 8;`"),
    (&["state", "initstate", "zerostate"], "declare it: `state h: 64;`"),
    (
        &[
            "clone",
            "copy",
            "contiguous",
            "cpu",
            "cuda",
            "to",
            "numpy",
            "item",
            "array",
            "asarray",
            "tensor",
        ],
        "values are neither copied nor converted: leave it out",
    ),
];

/// Initialisers of other libraries.
const INITIALISERS: [(&[&str], &str); 8] = [
    (&["xavier", "xavieruniform", "xaviernormal", "glorotuniform", "glorotnormal"], "glorot"),
    (&["kaiming", "kaiminguniform", "kaimingnormal", "henormal", "heuniform"], "he"),
    (&["eye", "unit", "irnn"], "identity"),
    (&["randn"], "normal(1.0)"),
    (&["gaussian", "truncatednormal", "truncnormal", "randomnormal"], "normal(0.1)"),
    (&["rand", "random", "randomuniform", "uniformunitscaling"], "uniform(0.1)"),
    (&["ortho", "qr"], "orthogonal"),
    (&["empty", "zeroslike"], "zeros"),
];

/// Words that begin statements elsewhere.
const STATEMENTS: [(&[&str], &str); 13] = [
    (
        &["for", "while", "loop", "repeat", "scan"],
        "there are no loops: the equations are one step, and a `state` carries what the next needs",
    ),
    (
        &["if", "match", "switch"],
        "the notation has no choices: blend the two values, `z * a + (1 - z) * b`, or use `max`, \
         `min` or `clamp`",
    ),
    (
        &["return", "yield", "returns", "out", "emit"],
        "next values are `h[t] = ..;`, what the cell gives is `output ..;`",
    ),
    (&["def", "func", "function", "lambda"], "a function is `fn f(u) = ..;`"),
    (
        &["weight", "parameter", "variable", "trainable", "var", "matrix", "vector", "bias"],
        "a parameter is `param W: [rows, columns];` or `param b: [length];`",
    ),
    (&["buffer", "frozen"], "a parameter without a gradient is `fixed R: [rows, columns];`"),
    (&["hidden", "memory", "carry", "recurrent", "cell"], "a state is `state h: 64;`"),
    (&["units", "size", "width", "hiddensize"], "the number of units is the length of a state"),
    (
        &["dtype", "float", "double", "f32", "f64", "precision", "type"],
        "the type of all numbers is `scalar f32;` or `scalar f64;`",
    ),
    (&["length", "seqlen", "timesteps", "time"], "the length of all sequences is `steps 100;`"),
    (&["layer", "dense", "linear"], "a layer is a gate: `gate n = tanh(x, h);`"),
    (
        &["use", "import", "from", "extern", "mod", "include"],
        "names are the cell's own or of the notation, and nothing is imported: leave it out",
    ),
    (
        &["assert", "print", "debug", "raise", "global", "static", "with"],
        "a step computes values and does nothing else: leave it out",
    ),
];

/// The modules of libraries, and `self`: what people write before a point.
const MODULES: [&str; 18] = [
    "torch", "nn", "F", "np", "numpy", "jnp", "jax", "lax", "tf", "keras", "K", "ops", "math",
    "layers", "self", "f32", "f64", "std",
];

/// The types of other languages: what people write where a length or a shape stands.
const TYPES: [&str; 9] =
    ["f32", "f64", "float", "double", "Vec", "Vector", "Matrix", "Tensor", "Array"];

/// `Layer_Norm` as `layernorm`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

fn find<'t, T>(table: &'t [(&[&str], T)], name: &str) -> Option<&'t T> {
    let name = plain(name);
    table.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, found)| found)
}

/// What the function `name` of elsewhere is called here.
pub(crate) fn renamed(name: &str) -> Option<&'static str> {
    let same = functions::names().find(|known| plain(known) == plain(name) && *known != name);
    let name = plain(name);
    same.or_else(|| RENAMED.iter().find(|(other, _)| *other == name).map(|&(_, here)| here))
}

/// How the function `name` of elsewhere is written here.
pub(crate) fn function(name: &str) -> Option<String> {
    match renamed(name) {
        Some(here) => Some(format!("it is called `{here}` here")),
        None => find(&WRITTEN, name).map(|text| (*text).to_owned()),
    }
}

/// What the initialiser `name` of elsewhere is called here.
pub(crate) fn initialiser(name: &str) -> Option<&'static str> {
    find(&INITIALISERS, name).copied()
}

/// How a statement that begins with `word` elsewhere is written here.
pub(crate) fn statement(word: &str) -> Option<&'static str> {
    find(&STATEMENTS, word).copied()
}

pub(crate) fn is_type(name: &str) -> bool {
    TYPES.contains(&name)
}

pub(crate) fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

/// The last name of `torch.nn.init.normal_`, what stands before it, and what after; `first` is
/// `torch`, and `rest` what follows it.
pub(crate) fn path<'c>(first: &Ident, mut rest: Cursor<'c>) -> Option<(Ident, String, Cursor<'c>)> {
    if !is_module(&first.to_string()) {
        return None;
    }
    let mut name = first.clone();
    let mut path: Vec<String> = Vec::new();
    while let Some((_, after)) = rest.punct().filter(|(punct, _)| punct.as_char() == '.') {
        path.push(name.to_string());
        (name, rest) = after.ident()?;
    }
    (!path.is_empty()).then(|| (name, path.join("."), rest))
}

/// The declared name in `h_t`, `ht`, `x_t`, `h_prev`, `c_new`, `prev_h`.
pub(crate) fn base_of_step<'n>(
    name: &str,
    mut declared: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    const ENDINGS: [&str; 15] = [
        "_t",
        "t",
        "_prev",
        "_previous",
        "_last",
        "_old",
        "_before",
        "_new",
        "_next",
        "_cur",
        "_now",
        "_tm1",
        "_t1",
        "_t_1",
        "_t_minus_1",
    ];
    const STARTS: [&str; 5] = ["prev_", "last_", "old_", "new_", "next_"];
    declared.find(|base| {
        ENDINGS.iter().any(|ending| name.strip_suffix(ending) == Some(*base))
            || STARTS.iter().any(|start| name.strip_prefix(start) == Some(*base))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_elsewhere_are_none_of_the_notation() {
        let renamed = RENAMED.iter().map(|(name, _)| *name);
        let written = WRITTEN.iter().flat_map(|(names, _)| names.iter().copied());
        for name in renamed.chain(written) {
            assert!(!functions::is_builtin(name), "{name}");
            assert_eq!(plain(name), name, "looked up without capitals and `_`");
        }
        for (_, here) in RENAMED {
            assert!(functions::is_builtin(here) || here == "linear", "{here}");
        }
    }

    #[test]
    fn steps_in_names_are_found() {
        let base = |name| base_of_step(name, ["x", "h", "c"].into_iter());
        assert_eq!(base("h_t"), Some("h"));
        assert_eq!(base("c_prev"), Some("c"));
        assert_eq!(base("prev_h"), Some("h"));
        assert_eq!(base("q_t"), None);
        assert_eq!(base("hat"), None);
    }
}
