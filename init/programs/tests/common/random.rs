//! How many random cases a test tries.

use proptest::test_runner::{Config, TestRunner};

/// Tries `usual` cases, unless `PROPTEST_CASES` says otherwise; leaves no file behind.
pub fn runner(usual: u32) -> TestRunner {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config::default();
    TestRunner::new(Config {
        cases: if asked { config.cases } else { usual },
        failure_persistence: None,
        ..config
    })
}
