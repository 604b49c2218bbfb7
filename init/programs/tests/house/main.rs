//! The rules of the house, proven over the source tree: where unsafe code may stand, what a file
//! begins with, how long it may be, and what must not be in the repository at all.
//!
//! Each rule is a function from the files to its complaints. It is asserted twice: that it has
//! none about this tree, and that it does complain about an example of what it forbids.

mod code;
mod layout;
mod rust;
mod scripts;
mod tree;

use tree::{File, file};

/// A rule: the files in, what is wrong out, one line each.
type Rule = fn(&[File]) -> Vec<String>;

/// Asserts that the tree keeps a rule, and that each example breaks it.
fn assert_kept(rule: Rule, examples: &[(&str, &str)]) {
    for &(path, text) in examples {
        assert_ne!(
            rule(&[file(path, text)]),
            [""; 0],
            "the rule does not notice {path}:\n{text}"
        );
    }
    let complaints = rule(tree::files());
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_tree_was_read() {
    let paths: Vec<&str> = tree::files().iter().map(|f| f.path.as_str()).collect();
    for path in [
        "Makefile",
        "init/sys/src/spawn.rs",
        "init/programs/tests/house/main.rs",
    ] {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
}

#[test]
fn unsafe_code_stands_in_sys_only() {
    assert_kept(
        rust::unsafe_outside_sys,
        &[
            ("init/core/src/tai.rs", "//! x\nfn f() { unsafe { g() } }\n"),
            ("init/programs/tests/x.rs", "//! x\nunsafe fn f() {}\n"),
            (
                "qemu-tests/src/x.rs",
                "//! \"\nfn f(){let a = '\"'; unsafe{}}\n",
            ),
        ],
    );
    let allowed = "//! unsafe\n#![forbid(unsafe_code)]\nconst A: &str = \"unsafe\"; // unsafe\n";
    assert_eq!(
        rust::unsafe_outside_sys(&[file("init/core/src/a.rs", allowed)]),
        [""; 0]
    );
}

#[test]
fn unsafe_code_says_why_it_is_safe() {
    assert_kept(
        rust::unsafe_without_reason,
        &[
            (
                "init/sys/src/x.rs",
                "//! x\nfn f() {\n    unsafe { g() }\n}\n",
            ),
            ("init/sys/src/x.rs", "//! x\nunsafe impl Sync for X {}\n"),
            (
                "init/sys/src/x.rs",
                "//! x\n/// Does.\npub unsafe fn f() {}\n",
            ),
            (
                "init/sys/src/x.rs",
                "//! x\nfn f() {\n    // SAFETY: g is fine.\n    unsafe { g() };\n    unsafe { h() };\n}\n",
            ),
            (
                "init/sys/src/x.rs",
                "//! x\n// SAFETY:\nunsafe impl Sync for X {}\n",
            ),
        ],
    );
}

#[test]
fn systems_are_told_apart_in_one_place() {
    assert_kept(
        rust::target_os_outside_platform,
        &[
            (
                "init/sys/src/fd.rs",
                "//! x\n#[cfg(target_os = \"linux\")]\nfn f() {}\n",
            ),
            (
                "init/programs/tests/x.rs",
                "//! x\nconst A: bool = cfg!(target_os = \"linux\");\n",
            ),
        ],
    );
}

#[test]
fn the_core_neither_allocates_nor_needs_a_system() {
    assert_kept(
        rust::core_with_more_than_core,
        &[
            ("init/core/src/lib.rs", "//! x\n#![no_std]\n"),
            ("init/core/src/lib.rs", "//! x\n#![forbid(unsafe_code)]\n"),
            (
                "init/core/src/lib.rs",
                "//! x\n#![no_std]\n#![forbid(unsafe_code)]\nextern crate alloc;\n",
            ),
            ("init/core/src/x.rs", "//! x\nuse std::fs;\n"),
        ],
    );
    let tests = "//! x\n#[cfg(test)]\nextern crate std;\n\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    use std::vec::Vec;\n}\n";
    assert_eq!(
        rust::core_with_more_than_core(&[file("init/core/src/x.rs", tests)]),
        [""; 0]
    );
}

#[test]
fn every_file_of_rust_says_at_its_head_what_it_is_for() {
    assert_kept(
        rust::without_head,
        &[
            ("init/core/src/x.rs", "use core::fmt;\n"),
            ("init/core/src/x.rs", "// x\n"),
            ("init/core/src/x.rs", "//!\n"),
        ],
    );
}

#[test]
fn no_file_of_rust_is_too_long() {
    let long = |n| format!("//! x\n{}", "\n".repeat(n));
    assert_kept(
        rust::too_long,
        &[
            ("init/core/src/x.rs", &long(600)),
            ("init/core/tests/x.rs", &long(800)),
        ],
    );
    assert_eq!(
        rust::too_long(&[file("init/core/tests/x.rs", &long(700))]),
        [""; 0]
    );
}

#[test]
fn a_program_is_a_door_of_three_lines() {
    assert_kept(
        rust::doors_with_rooms,
        &[
            (
                "init/programs/src/bin/x.rs",
                "//! x\n#![no_main]\nuse a;\nuse b;\nrunit_sys::entry!(runit::x::main);\n",
            ),
            ("init/programs/src/bin/x.rs", "//! x\nfn main() {}\n"),
        ],
    );
}

#[test]
fn there_is_no_room_for_things_nobody_thought_about() {
    assert_kept(
        layout::rooms_for_anything,
        &[
            ("init/core/src/utils.rs", ""),
            ("init/programs/src/common/mod.rs", ""),
            ("qemu-tests/helpers/x.sh", ""),
        ],
    );
    let for_tests = file("init/programs/tests/common/mod.rs", "");
    assert_eq!(layout::rooms_for_anything(&[for_tests]), [""; 0]);
}

#[test]
fn the_top_of_the_tree_is_as_agreed() {
    assert_kept(
        layout::strangers_at_the_top,
        &[("notes.txt", ""), ("src/main.rs", "")],
    );
}

#[test]
fn every_part_of_the_tree_says_what_it_is() {
    assert_kept(layout::missing_documents, &[("README.md", "# x\n")]);
}

#[test]
fn no_file_names_a_registry_or_a_place_of_one_machine() {
    let registry = format!("fetch https://{}/pool\n", layout::FORBIDDEN[0]);
    let place = format!("see {}shared\n", layout::FORBIDDEN[9]);
    assert_kept(
        layout::names_of_elsewhere,
        &[("Makefile", &registry), ("README.md", &place)],
    );
}

#[test]
fn every_script_says_at_its_head_what_it_does() {
    assert_kept(
        scripts::without_head,
        &[
            ("distro/x.sh", "#!/bin/sh\nset -eu\n"),
            ("distro/x.sh", "set -eu\n"),
            ("sv-examples/x/run", "#!/bin/sh\nexec x\n"),
        ],
    );
}

#[test]
fn scripts_end_at_the_first_failure_but_where_they_must_go_on() {
    assert_kept(
        scripts::going_on_after_failures,
        &[("distro/x.sh", "#!/bin/sh\n# Does.\necho\n")],
    );
    let service = file("sv-examples/x/run", "#!/bin/sh\n# Does.\nexec x\n");
    assert_eq!(scripts::going_on_after_failures(&[service]), [""; 0]);
}

#[test]
fn what_begins_as_a_script_can_be_executed() {
    assert_kept(
        scripts::not_executable,
        &[("distro/x.sh", "#!/bin/sh\n# Does.\nset -e\n")],
    );
}
