//! Families and their members.

use super::*;

const FAMILY: &str = "/// A family.
    pub struct Gru { input x: _; state h: _; dim P = _;
        param V: [P, 2 * h], U: [h, h / 2 + x];
        gate z = sigmoid(x, h); v = V.T @ (V @ [h, z]);
        h[t] = v[..h] + U @ [h[..h / 2], x] + v[h..2 * h]; }";

#[test]
fn families_take_their_sizes_by_name() {
    let family = spec(FAMILY);
    assert!(family.is_family());
    check_family(&family).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    let instance = "pub(crate) struct Small { x: 8, h: 24, P: 5, steps: 16, scalar: f64 }";
    let instance = Instance::parse(instance.parse().expect("tokens")).expect("an instance");
    let cell = instantiate(&family, &instance).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    assert_eq!(cell.name, "Small");
    assert_eq!((cell.steps, cell.double), (Some(16), true));
    assert_eq!(cell.params[0].shape, Shape::Matrix(5, 48));
    assert_eq!(cell.params[1].shape, Shape::Matrix(24, 20));
    assert_eq!(cell.attrs.len(), 1);
}

#[test]
fn families_say_lengths_by_name() {
    let family = spec(
        "struct F { input x: _; state h: _; param W: [2 * h + 1, x];
         a = x + h; b = W @ h; c = [x, h, h][..x - 3] + h[..h / 2]; h[t] = a + b + c; }",
    );
    let text = messages(check_family(&family).expect_err("errors")).join("\n");
    for part in
        ["`x` is [x] by", "`h` is [h] by", "`W` is [2 * h + 1, x] by", "is [x - 3]", "is [h / 2]"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn wrong_members_of_a_family() {
    let said = |instance: &str| {
        let instance = Instance::parse(instance.parse().expect("tokens")).expect("an instance");
        messages(instantiate(&spec(FAMILY), &instance).expect_err("errors")).join("\n")
    };
    let text = said("struct S { x: 8, hh: 2, x: 9, P: f32, scalar: f16, steps: 0 }");
    for part in [
        "`hh` is no open size of `Gru`\nhelp: did you mean `h`?",
        "`x` is given twice",
        "this is no value for `P`",
        "this is no value for `scalar`",
        "this is no value for `steps`",
        "`S` does not say the size `h` of `Gru`",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = said("struct S { x: 8, h: 25, P: 1 }");
    assert!(text.contains("cannot be made with P = 1, h = 25, x = 8"), "{text}");
    assert!(text.contains("`h / 2` is not a whole number: 25 / 2"), "{text}");
}

#[test]
fn families_may_have_any_number_of_open_sizes() {
    let names: Vec<String> = (0..300).map(|i| format!("P{i}")).collect();
    let open: Vec<String> = names.iter().map(|name| format!("{name} = _")).collect();
    let text = |more: &str| {
        format!(
            "struct F {{ input x: _; state h: _; dim {}; param w: [{}]; gate n = tanh(x, h; {more});
             h[t] = n * sum(w); }}",
            open.join(", "),
            names.join(" + ")
        )
    };
    let right = text("w[P7..][..h]");
    check_family(&spec(&right)).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    let said = messages(check_family(&spec(&text("w[P7..]"))).expect_err("errors")).join("\n");
    assert!(said.contains("`w[P7..]` is [P0 + P1 + P2 + P3 + P4 + P5 + P6 + P8 + P9"), "{said}");
    let sizes: Vec<String> = names.iter().map(|name| format!("{name}: 2")).collect();
    let member = format!("struct S {{ x: 3, h: 4, {} }}", sizes.join(", "));
    let member = Instance::parse(member.parse().expect("tokens")).expect("an instance");
    let cell = instantiate(&spec(&right), &member).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    assert_eq!(cell.params[0].shape, Shape::Vector(600));
}

/// A check that puts numbers in for the sizes finds some lengths equal, some whole and some longer
/// than others that need not be.
#[test]
fn open_sizes_are_like_no_number() {
    let family = |body: &str| {
        let family = spec(&format!("struct F {{ input x: _; state h: _; {body} }}"));
        check_family(&family).map_or_else(messages, |()| Vec::new())
    };
    for number in [1, 2520, 2520 * 101, 2520 * 101 + 1] {
        let said = family(&format!("param p: [{number}]; h[t] = h * sum(x + p);"));
        assert_eq!(said.len(), 1, "{said:?}");
    }
    for right in [
        "h[t] = h * (sum(x[..h]) + sum(h[..x]) + sum(x[1000000..]));",
        "dim P = h - x, Q = x - h; h[t] = h / P + sum(x) / Q;",
        "dim P = (x + 1) / 2, Q = x / 11; h[t] = h / P + sum(x) / Q;",
        "param m: [x * h]; h[t] = m[..h] * sum(x); output m[x * h - h..x * h];",
    ] {
        let said = family(right);
        assert!(said.is_empty(), "{right}: {said:?}");
    }
}

#[test]
fn numbers_from_open_sizes_are_no_constants() {
    let family = spec(
        "struct F { input x: _; state h: x; dim P = _; const A = exp(P); fn f(u, v) = u / exp(-v);
         h[t] = x * A / exp(-P) + pow(2, P) * h + f(x, P) / pow(P - 3, 2) + clamp(x, P, A); }",
    );
    check_family(&family).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    let family = spec("struct F { input x: _; state h: x; h[t] = x / 0 + h * log(0); }");
    assert_eq!(messages(check_family(&family).expect_err("errors")).len(), 2);
    let family = spec("struct F { input x: _; state h: x; const A = 0; h[t] = x / A + h; }");
    assert_eq!(messages(check_family(&family).expect_err("errors")).len(), 1);
}

#[test]
fn constants_of_a_family_are_measured_in_its_members() {
    let family = spec("struct F { input x: _; state h: x; h[t] = 1e39 * x + h; }");
    check_family(&family).unwrap_or_else(|e| panic!("{:#?}", messages(e)));
    let member = |text: &str| {
        let instance = Instance::parse(text.parse().expect("tokens")).expect("an instance");
        instantiate(&family, &instance).map_err(messages)
    };
    assert!(member("struct Double { x: 4, scalar: f64 }").is_ok());
    let said = member("struct Single { x: 4 }").expect_err("too large for singles");
    assert!(said.len() == 1 && said[0].contains("1e39"), "{said:?}");
}
