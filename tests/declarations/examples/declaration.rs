//! Prints a random declaration and a mutant of it:
//! `cargo run -p rnn-declarations --example declaration 17`.

fn main() {
    for seed in std::env::args().skip(1).filter_map(|argument| argument.parse().ok()) {
        let declaration = rnn_declarations::generate(seed);
        println!("{declaration}\n\n{}", rnn_declarations::mutate(&declaration.text(), seed));
    }
}
