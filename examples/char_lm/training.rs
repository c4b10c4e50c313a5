//! A training run: checks the gradients, measures the baseline, trains, keeps the best, judges.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rand::rngs::StdRng;
use rnn_runtime::Cell;
use rnn_runtime::init::seeded;
use rnn_runtime::simd::Tier;
use rnn_runtime::verify::{self, Report, verify_with};
use serde_json::{Map, Value, json};

use crate::markov::{Markov, ORDER};
use crate::options::Options;
use crate::plot::{self, Curve, Labels};
use crate::program::{Error, Outcome};
use crate::progress::Progress;
use crate::text::{Text, Vocabulary};
use crate::trainer::{Settings, Trainer, bits_per_character};
use crate::weights::{self, Notes};
use crate::writer;

/// How often the held-out text is measured and a sample written.
const REPORTS: usize = 10;

/// Characters of a sample.
const SAMPLE: usize = 240;

/// The text as the cell reads it.
struct Material {
    vocabulary: Vocabulary,
    training: Vec<u8>,
    held_out: Vec<u8>,
}

/// What the training came to.
struct Learnt {
    /// Update and bits a character of the held-out text; the first is from before training.
    held_out: Vec<(f64, f64)>,
    /// The least of them, of which the weights are kept.
    best: f64,
    /// Seconds of training until the baseline was beaten.
    beaten_after: Option<f64>,
    progress: Progress,
}

/// Where results go.
struct Files {
    weights: PathBuf,
    plot: PathBuf,
}

/// Trains a cell of type `C` and judges the result.
pub(crate) fn run<C>(options: &Options, settings: Settings, text: &Text) -> Result<Outcome, Error>
where
    C: Cell<Scalar = f32>,
{
    let (cell, vocabulary) = begin::<C>(options, text)?;
    let material = material(vocabulary, text, &settings)?;
    let files = prepare_files(&options.out, C::GRAPH.name)?;

    let (report, gradient_error) = check_gradients::<C>(options.seed);
    if !report.passed() {
        println!("{report}");
        let verdict = "the gradients of the cell are not what they should be".into();
        return Ok(Outcome { passed: false, verdict, figures: Map::new() });
    }
    let markov = Markov::of(&material.training, material.vocabulary.len())
        .bits_per_character(&material.held_out);
    println!("Markov model of order {ORDER}: {markov:.3} bits/char on the held-out text");

    let learnt = train(options, settings, cell, &material, markov, &files)?;
    let reloaded = reload::<C>(&files.weights, &material, &settings)?;
    draw(&files.plot, &learnt, markov)?;
    println!("weights: {}", files.weights.display());
    println!("curve:   {}", files.plot.display());

    let first = learnt.held_out[0].1;
    let (what, goal) =
        if options.quick { ("before training", first) } else { ("Markov model", markov) };
    let same = reloaded.to_bits() == learnt.best.to_bits();
    let mut verdict = format!("{reloaded:.3} bits/char on the held-out text, {what} {goal:.3}");
    if !same {
        verdict += &format!("; but {:.3} before the weights were saved", learnt.best);
    }
    let mut figures = figures::<C>(text, &material, &learnt, &files);
    figures.insert("gradient_error".into(), json!(gradient_error));
    figures.insert("markov_bits".into(), json!(markov));
    figures.insert("quick".into(), json!(options.quick));
    Ok(Outcome { passed: same && reloaded < goal, verdict, figures })
}

/// The parameters to begin with, and the vocabulary they are for.
fn begin<C>(options: &Options, text: &Text) -> Result<(C, Vocabulary), Error>
where
    C: Cell<Scalar = f32>,
{
    let Some(path) = &options.load else {
        return Ok((C::init(&mut seeded(options.seed)), Vocabulary::of(&text.training)));
    };
    load(path)
}

/// Weights and the vocabulary they belong to.
fn load<C: Cell<Scalar = f32>>(path: &Path) -> Result<(C, Vocabulary), Error> {
    let (cell, notes) = weights::load::<C>(path)?;
    let vocabulary = notes.get("vocabulary").and_then(|text| Vocabulary::from_text(text));
    let missing = || format!("cannot load weights {}: no legal vocabulary in it", path.display());
    Ok((cell, vocabulary.ok_or_else(missing)?))
}

/// Encodes both parts of the text, which must be long enough.
fn material(vocabulary: Vocabulary, text: &Text, settings: &Settings) -> Result<Material, Error> {
    let (training, held_out) = (text.training.len(), text.held_out.len());
    let needed = settings.characters_needed();
    if training < needed || held_out <= settings.rows {
        let (rows, steps) = (settings.rows, settings.steps);
        return Err(format!(
            "text {} is too short: {training} characters to train on and {held_out} held out, but \
             {needed} and {} are needed for {rows} rows of {steps}",
            text.name,
            rows + 1
        )
        .into());
    }
    println!(
        "text: {}, {training} characters to train on, {held_out} held out, {} classes",
        text.name,
        vocabulary.len()
    );
    Ok(Material {
        training: vocabulary.encode(&text.training),
        held_out: vocabulary.encode(&text.held_out),
        vocabulary,
    })
}

fn prepare_files(folder: &Path, cell: &str) -> Result<Files, Error> {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make folder {}: {error}", folder.display()))?;
    let name = cell.to_lowercase();
    Ok(Files {
        weights: folder.join(format!("{name}.safetensors")),
        plot: folder.join(format!("{name}.svg")),
    })
}

/// Compares the kernels' gradients with the interpreter's, and those with finite differences.
/// Returns the largest error of a kernel's gradient as well.
fn check_gradients<C: Cell<Scalar = f32>>(seed: u64) -> (Report, f64) {
    let started = Instant::now();
    let options = verify::Options {
        steps: 12,
        coordinates: 1,
        seed,
        tiers: Some(vec![Tier::current()]),
        ..verify::Options::default()
    };
    let report = verify_with::<C>(&options);
    let summary = report.tiers();
    let error = summary.iter().map(|tier| tier.gradient.0).fold(0.0, f64::max);
    let difference = summary.iter().map(|tier| tier.difference.0).fold(0.0, f64::max);
    println!(
        "gradients of {} verified in {:.1} s: kernels to {error:.0e} of the interpreter, which is \
         to {difference:.0e} of finite differences",
        report.cell,
        started.elapsed().as_secs_f64()
    );
    (report, error)
}

fn train<C>(
    options: &Options,
    settings: Settings,
    cell: C,
    material: &Material,
    markov: f64,
    files: &Files,
) -> Result<Learnt, Error>
where
    C: Cell<Scalar = f32>,
{
    let Material { vocabulary, training, held_out } = material;
    let mut rng = seeded(options.seed.wrapping_add(1));
    let first = bits_per_character(&cell, &settings, held_out)?;
    println!("before training: {first:.3} bits/char on the held-out text");
    let progress = Progress::new(settings.updates, settings.rows * settings.steps);
    let mut learnt =
        Learnt { held_out: vec![(0.0, first)], best: f64::INFINITY, beaten_after: None, progress };
    let seed = seeded(options.seed.wrapping_add(2));
    let mut trainer = Trainer::new(cell, settings, training, seed);
    for update in 1..=settings.updates {
        let started = Instant::now();
        let bits = trainer.update()?;
        learnt.progress.update(bits, started.elapsed());
        if update % settings.updates.div_ceil(REPORTS) != 0 && update != settings.updates {
            continue;
        }
        let bits = bits_per_character(&trainer.cell, &settings, held_out)?;
        learnt.held_out.push((update as f64, bits));
        if bits < markov && learnt.beaten_after.is_none() {
            learnt.beaten_after = Some(learnt.progress.seconds());
        }
        if bits < learnt.best {
            learnt.best = bits;
            let notes = Notes::from([("vocabulary".into(), vocabulary.as_text())]);
            weights::save(&files.weights, &trainer.cell, notes)?;
        }
        report(options, &learnt, &trainer.cell, material, &mut rng)?;
    }
    learnt.progress.finish();
    Ok(learnt)
}

/// Prints where the training stands, and a sample of what the cell writes now.
fn report<C>(
    options: &Options,
    learnt: &Learnt,
    cell: &C,
    material: &Material,
    rng: &mut StdRng,
) -> Result<(), Error>
where
    C: Cell<Scalar = f32>,
{
    let vocabulary = &material.vocabulary;
    let start = vocabulary.encode(&['\n']);
    let sample = writer::write(cell, vocabulary, &start, SAMPLE, options.temperature, rng)?;
    let progress = &learnt.progress;
    let (update, bits) = learnt.held_out[learnt.held_out.len() - 1];
    let mean = progress.mean().unwrap_or(f64::NAN);
    let mut lines = format!(
        "update {update}, {:.0} s: {bits:.3} bits/char held out, {mean:.3} in training, {:.1} k \
         chars/s; at temperature {} it writes",
        progress.seconds(),
        progress.characters_per_second() / 1000.0,
        options.temperature
    );
    for line in sample.trim_matches('\n').lines() {
        lines += "\n    | ";
        lines += line;
    }
    progress.say(&lines);
    Ok(())
}

/// Reads the saved weights back and measures them on the held-out text.
fn reload<C>(path: &Path, material: &Material, settings: &Settings) -> Result<f64, Error>
where
    C: Cell<Scalar = f32>,
{
    let (cell, vocabulary) = load::<C>(path)?;
    if vocabulary != material.vocabulary {
        return Err(format!("weights {}: not the vocabulary saved", path.display()).into());
    }
    bits_per_character(&cell, settings, &material.held_out)
}

fn draw(path: &Path, learnt: &Learnt, markov: f64) -> Result<(), Error> {
    let end = learnt.progress.curve.len() as f64;
    let labels = Labels {
        title: "Learning to predict the next character",
        x: "update",
        y: "bits a character",
    };
    let curves = [
        Curve { name: "training, running mean", points: &learnt.progress.curve },
        Curve { name: "held-out text", points: &learnt.held_out },
        Curve { name: "Markov model of order 3", points: &[(0.0, markov), (end, markov)] },
    ];
    plot::draw(path, &labels, &curves)
}

fn figures<C: Cell>(
    text: &Text,
    material: &Material,
    learnt: &Learnt,
    files: &Files,
) -> Map<String, Value> {
    let progress = &learnt.progress;
    let figures = json!({
        "cell": C::GRAPH.name,
        "parameters": C::GRAPH.param_len(),
        "text": text.name,
        "training_characters": material.training.len(),
        "held_out_characters": material.held_out.len(),
        "classes": material.vocabulary.len(),
        "updates": progress.curve.len(),
        "bits": learnt.best,
        "bits_before": learnt.held_out[0].1,
        "training_bits": progress.mean(),
        "beaten_after_seconds": learnt.beaten_after,
        "seconds": progress.seconds(),
        "characters_per_second": progress.characters_per_second(),
        "weights": files.weights,
        "plot": files.plot,
    });
    match figures {
        Value::Object(figures) => figures,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Small;

    /// What a run says that begins with this file; it must have written nothing.
    fn refusal(name: &str, content: &[u8]) -> String {
        let folder =
            std::env::temp_dir().join(format!("rnn-char-lm-{name}-{}", std::process::id()));
        let (load, out) = (folder.join("bad.safetensors"), folder.join("out"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&load, content).unwrap();
        let options = Options {
            text: None,
            load: Some(load),
            out,
            updates: 1,
            temperature: 0.7,
            seed: 1,
            quick: true,
        };
        let settings = Settings { rows: 2, steps: 4, updates: 1, learning_rate: 0.1, clip: 1.0 };
        let text = Text { name: name.into(), training: vec!['a'; 100], held_out: vec!['a'; 10] };
        let result = run::<Small>(&options, settings, &text);
        let written = options.out.exists();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(!written, "{name}");
        result.expect_err("the file must be refused").to_string()
    }

    /// The other ways in which a file can be bad are tested in `weights.rs`.
    #[test]
    fn a_bad_file_ends_the_run_before_anything_is_written() {
        for (name, content) in [("empty", &b""[..]), ("garbage", &[0xa5; 300])] {
            let text = refusal(name, content);
            assert!(text.starts_with("cannot load weights "), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
        let path = std::env::temp_dir().join(format!("rnn-char-lm-whole-{}", std::process::id()));
        weights::save(&path, &Small::init(&mut seeded(1)), Notes::new()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(refusal("mute", &whole).ends_with("no legal vocabulary in it"));
        refusal("cut", &whole[..whole.len() / 2]);
    }
}
