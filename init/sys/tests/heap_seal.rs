//! The seal itself: with the feature an allocation after `close` ends the process, else it does not.

use runit_sys::heap_seal;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

const INNER: &str = "RUNIT_TEST_ALLOCATE";

#[test]
fn an_allocation_after_the_seal_aborts_in_a_sealed_build_and_only_there() {
    if std::env::var_os(INNER).is_some() {
        heap_seal::close();
        std::hint::black_box(Box::new(7));
        std::process::exit(0);
    }
    let test = "an_allocation_after_the_seal_aborts_in_a_sealed_build_and_only_there";
    let inner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads=1"])
        .env(INNER, "1")
        .output()
        .unwrap();
    if cfg!(feature = "heap-seal") {
        assert_eq!(inner.status.signal(), Some(6), "{inner:?}");
    } else {
        assert!(inner.status.success(), "{inner:?}");
    }
}
