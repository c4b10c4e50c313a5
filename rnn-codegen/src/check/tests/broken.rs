//! Heads, attributes and names that break off or that nothing can be made of: messages and no
//! panic.

use crate::check::check;
use crate::syntax;

/// Heads and attributes that break off or are not read: each has a remedy.
#[test]
fn broken_heads_and_attributes_give_messages() {
    for text in [
        "struct R",
        "pub",
        "struct",
        "# { } struct R { input x: 4; state h: 4; h[t] = x + h; }",
        "#[doc =] struct R { input x: 4; state h: 4; h[t] = x + h; }",
        "#[doc \" r\"] struct R { input x: 4; state h: 4; h[t] = x + h; }",
        "#[=] struct R { input x: 4; state h: 4; h[t] = x + h; }",
        "struct R { # h[t] = h; }",
        "struct R { #[=] input x: 4; state h: 4; h[t] = x + h; }",
        "struct R { input x: 4, #[doc =] y: 3; state h: 4; h[t] = x + h; }",
        "struct R { param #[doc(fn)] W: [h, x]; input x: 4; state h: 4; h[t] = x + h; }",
    ] {
        let spec = syntax::parse(text.parse().expect("tokens"));
        let errors = spec.and_then(|spec| check(&spec)).expect_err(text).into_vec();
        assert!(errors.iter().all(|e| e.to_string().contains("help: ")), "{text}: {errors:?}");
    }
}

#[test]
fn raw_names_are_refused() {
    for body in [
        "input x: 4; state h: 4; gate g = tanh(r#x); h[t] = g;",
        "input r#x: 4; state h: 4; gate g = tanh(r#x); h[t] = g;",
        "input x: 4; state r#h: 4, c: 4; gate g = tanh(r#h[t]); c[t] = g; r#h[t] = c[t];",
        "input x: 4; state h: 4; gate r#g = tanh(x); h[t] = r#g;",
        "input x: 4; state h: 4; param r#type: [h]; h[t] = x * r#type;",
        "steps 3; input r#None: 4; state h: 4; h[t] = h + r#None;",
        "input x: 4; state h: 4; fn r#f(r#u) = r#u; h[t] = x + r#f(h);",
    ] {
        let input = format!("(::rnn_runtime) struct R {{ {body} }}");
        let code = crate::declare(input.parse().expect("tokens"));
        assert!(code.to_string().contains("compile_error"), "{body}");
    }
}
