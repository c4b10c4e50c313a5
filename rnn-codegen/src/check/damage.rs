//! Damaged declarations: whatever a slip of the hand makes of one, it gives messages and no panic.

use super::{check, check_family};
use crate::syntax;

const DECLARATION: &str = "pub struct Test {
    input x : 3 , dt : 1 ; state h : 4 , c : h ; dim P = 2 * h ; const A = 0.5 , B = A / 2 ;
    param W : [ h , x ] = glorot , U : [ P , h ] , b : [ h ] = uniform ( 0.1 ) , s = 1.0 ;
    fixed R : [ h , h ] = orthogonal ; fn f ( u , v ) = u * tanh ( v ) + A ; fn g ( u ) = f ( u , B ) ;
    gate i = sigmoid ( x , h , c ; b * c ) bias 1.0 ; gate z : P = g ( x , dt ) no bias ;
    r = U . T @ z [ .. P ] + W @ x ; c [ t ] = i * c - s * ( R @ r ) ;
    gate o = linear ( c [ t ] , h [ t - 1 ] ) ;
    h [ t ] = f ( o , i . x @ x ) + [ z , c [ t ] ] [ 2 .. 2 + h ] + dot ( r , r ) + clamp ( r , - 1 , B ) ;
    output [ h [ t ] , max ( c [ t ] , pow ( o , 2 ) ) ] ; steps 10 ; scalar f64 ; }";

/// Words that are put where they do not belong.
const STRAY: [&str; 16] = [
    "_", "t", "@", ";", "0", "1e999", ".", "..", "-", "gate", "bias", "h [ t ]", "W", "fn", "''",
    "{ }",
];

/// A sequence of numbers that look random (the multiplier is Knuth's).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }
}

/// One or two slips: a word left out, written twice, exchanged with another, or a stray one.
fn damage(random: &mut Sequence) -> String {
    let mut words: Vec<&str> = DECLARATION.split_whitespace().collect();
    for _ in 0..=random.below(2) {
        // The head stays: without it there is only one message.
        let at = 4 + random.below(words.len() - 5);
        match random.below(4) {
            0 => {
                words.remove(at);
            }
            1 => words.insert(at, words[at]),
            2 => {
                let other = 4 + random.below(words.len() - 5);
                words.swap(at, other);
            }
            _ => words[at] = STRAY[random.below(STRAY.len())],
        }
    }
    words.join(" ")
}

#[test]
fn damage_gives_messages() {
    let mut random = Sequence(7);
    let (mut refused, mut most) = (0, 0);
    for _ in 0..4000 {
        let text = damage(&mut random);
        let Ok(tokens) = text.parse() else { continue };
        let result = syntax::parse(tokens).and_then(|spec| {
            if spec.is_family() { check_family(&spec) } else { check(&spec).map(|_| ()) }
        });
        if let Err(errors) = result {
            let errors = errors.into_vec();
            assert!(errors.iter().all(|e| e.to_string().contains("help: ")), "{text}: {errors:?}");
            refused += 1;
            most = most.max(errors.len());
        }
    }
    assert!(refused > 1000, "{refused}");
    assert!(most < 16, "{most} messages for two slips");
}

#[test]
fn the_undamaged_declaration_is_right() {
    let spec = syntax::parse(DECLARATION.parse().expect("tokens")).expect("a declaration");
    let checked = check(&spec);
    assert!(checked.is_ok(), "{:?}", checked.map_err(|e| e.into_vec()));
}

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
        let code = crate::declare(format!("struct R {{ {body} }}").parse().expect("tokens"));
        assert!(code.to_string().contains("compile_error"), "{body}");
    }
}
