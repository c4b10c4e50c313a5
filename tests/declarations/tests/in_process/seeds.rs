//! Which declarations are tried, and a watch over how long each takes.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The stack of a thread of rustc.
const STACK: usize = 8 << 20;

/// No declaration takes longer: a hundred times what most take, so that no time grows
/// exponentially.
const LONGEST: Duration = Duration::from_secs(2);

/// How often it may try again if it does.
const AGAIN: usize = 4;

/// After so long without a result it is taken for an endless loop.
const ENDLESS: Duration = Duration::from_secs(60);

/// Runs `check` for `count` seeds, or those that the environment asks for, and lists what it finds.
pub(crate) fn each(count: u64, check: impl Fn(u64) -> Result<(), String> + Send + 'static) {
    let asked = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let count = asked("RNN_DECLARATIONS").unwrap_or(count);
    let first = asked("RNN_FIRST_DECLARATION").unwrap_or(0);
    let (send, receive) = channel();
    let work = move || {
        for seed in first..first + count {
            let timed = || {
                let start = Instant::now();
                (check(seed), start.elapsed())
            };
            let (mut result, mut time) = timed();
            // Another process may have had the processor.
            for _ in 0..AGAIN {
                if result.is_ok() && time > LONGEST {
                    time = time.min(timed().1);
                }
            }
            if result.is_ok() && time > LONGEST {
                result = Err(format!("takes {time:?}"));
            }
            if send.send(result).is_err() {
                return;
            }
        }
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    let mut found = Vec::new();
    for seed in first..first + count {
        match receive.recv_timeout(ENDLESS) {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                eprintln!("seed {seed}: {failure}\n");
                found.push(seed);
            }
            Err(RecvTimeoutError::Timeout) => panic!("seed {seed} does not end"),
            Err(RecvTimeoutError::Disconnected) => panic!("seed {seed} ends the thread"),
        }
    }
    worker.join().expect("the results have come");
    assert!(found.is_empty(), "{} of {count} fail: seeds {found:?}", found.len());
}
