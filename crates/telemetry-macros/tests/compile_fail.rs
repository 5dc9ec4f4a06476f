//! What a wrong declaration or a wrong use is told by the compiler.

#[test]
fn wrong_declarations_do_not_compile() {
    let cases = trybuild::TestCases::new();
    // Building, which a passing case makes of checking, is also what evaluates the rules of `Family::get` and `live`.
    cases.pass("tests/ui/sound*.rs");
    cases.compile_fail("tests/ui/wrong/*.rs");
}
