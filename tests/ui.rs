//! Declarations that are refused: `tests/ui/<stage>/<mistake>.rs` and, beside each, what the compiler says.
//!
//! After a change of wording `TRYBUILD=overwrite cargo test --test ui` writes the expected texts anew; read them.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/syntax/*.rs");
    cases.compile_fail("tests/ui/check/*.rs");
}
