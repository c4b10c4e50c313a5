//! The model as a writer: characters drawn one by one, each read back in.

use rand::rngs::StdRng;
use rnn_models::sample;
use rnn_runtime::Cell;
use rnn_runtime::stream::Stream;

use crate::program::Error;
use crate::text::Vocabulary;

/// Draws `length` characters at a temperature after reading `start`.
pub(crate) fn write<C>(
    cell: &C,
    vocabulary: &Vocabulary,
    start: &[u8],
    length: usize,
    temperature: f64,
    rng: &mut StdRng,
) -> Result<String, Error>
where
    C: Cell<Scalar = f32>,
{
    let mut stream = Stream::new(cell);
    let mut logits = vec![0.0; C::GRAPH.output_len];
    let mut read = |class: usize, logits: &mut [f32]| {
        let mut one_hot = vec![0.0; C::GRAPH.input_len()];
        one_hot[class] = 1.0;
        stream.step(&[&one_hot], logits)
    };
    for &class in start {
        read(class.into(), &mut logits)?;
    }
    let mut text = String::new();
    for _ in 0..length {
        // Classes without a character are never drawn.
        let used = ndarray::ArrayView1::from(&logits[..vocabulary.len()]);
        let class = sample::draw(used, temperature, rng)?;
        text.push(vocabulary.decode(class));
        read(class, &mut logits)?;
    }
    Ok(text)
}
