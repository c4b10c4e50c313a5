//! A sample of random declarations, compiled and run: see `tests/sample`.
