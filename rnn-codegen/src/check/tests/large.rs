//! Large declarations: long sums, deep brackets, functions that use their arguments twice. In
//! process and through the whole compiler, on the small stack of a test's thread.

use std::fmt::Write;

/// What the compiler says to the cell with the statements `body`, and the length of what it makes.
fn declare(body: &str) -> (Vec<String>, usize) {
    let declaration = format!("struct Test {{ input x: 4; state h: 4; {body} }}");
    let spec = crate::syntax::parse(declaration.parse().expect("tokens"));
    let errors = match spec.and_then(|spec| crate::check::check(&spec)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_vec().iter().map(ToString::to_string).collect(),
    };
    let input = format!("(::rnn_runtime) {declaration}");
    let code = crate::declare(input.parse().expect("tokens"));
    (errors, code.to_string().len())
}

#[test]
fn long_sums_and_products_compile() {
    let sum: Vec<String> = (1..=3000).map(|i| format!("{i} * x")).collect();
    let (errors, _) = declare(&format!("h[t] = {} + h;", sum.join(" + ")));
    assert!(errors.is_empty(), "{errors:?}");
    let (errors, _) = declare(&format!("h[t] = {} x;", "x * h * ".repeat(1500)));
    assert!(errors.is_empty(), "{errors:?}");
    let (errors, _) = declare(&format!("dim P = {} 4; h[t] = P * x + h;", "1 + ".repeat(900)));
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn what_is_nested_too_deep_is_one_error() {
    for depth in [200, 1500, 20_000] {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        for value in [
            format!("{open}x{close}"),
            format!("{} x", "- ".repeat(depth)),
            format!("x{}", "[..4]".repeat(depth)),
            format!("x{}", ".T".repeat(depth)),
            format!("{}x{close}", "tanh(".repeat(depth)),
            format!("x[..{open}4{close}]"),
        ] {
            let (errors, _) = declare(&format!("h[t] = {value} + h;"));
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].contains("nested more than"), "{errors:?}");
        }
    }
}

#[test]
fn functions_in_functions_have_a_limit() {
    let mut body = String::from("fn f0(u) = tanh(u); h[t] = f1000(x) + h;");
    for i in 1..=1000 {
        let _ = write!(body, "fn f{i}(u) = f{}(u) + u;", i - 1);
    }
    let (errors, _) = declare(&body);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("functions that they call are nested"), "{errors:?}");
}

/// What is written once is computed once: the code grows with the text, not by doubling, and so
/// does the time, or this test would not end.
#[test]
fn functions_that_double_make_code_that_grows_linearly() {
    let sizes = [10, 40].map(|depth| {
        let doubled = format!("{}x{}", "d(".repeat(depth), ")".repeat(depth));
        let nested = format!("fn d(u) = 0.5 * (u + u * u); h[t] = {doubled} + h;");
        let mut chained = format!("fn f0(u) = tanh(u); h[t] = f{depth}(x) + h;");
        for i in 1..=depth {
            let _ = write!(chained, "fn f{i}(u) = f{0}(u) * f{0}(u) + u;", i - 1);
        }
        [nested, chained].map(|body| {
            let (errors, code) = declare(&body);
            assert!(errors.is_empty(), "{errors:?}");
            code
        })
    });
    let [short, long] = sizes;
    assert!(long[0] < 5 * short[0] && long[1] < 5 * short[1], "{sizes:?}");
}

/// Each level calls the one below on two values that differ, so that nothing is shared.
#[test]
fn functions_that_are_written_out_too_often_are_one_error() {
    let levels = |count: usize| {
        let mut body = String::from("fn f0(u) = tanh(u);");
        for i in 1..=count {
            let _ = write!(body, "fn f{i}(u) = f{0}(f{0}(u));", i - 1);
        }
        declare(&format!("{body} h[t] = f{count}(x) + h;")).0
    };
    let errors = levels(30);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("written out over 4096 times"), "{errors:?}");
    assert_eq!(levels(9).len(), 0);
}
