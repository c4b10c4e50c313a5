//! Declarations that are refused: `tests/ui/<topic>/<mistake>.rs` and, beside each, what the
//! compiler says.
//!
//! After a change of wording `TRYBUILD=overwrite cargo test --test ui` writes the expected texts
//! anew; read them.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
