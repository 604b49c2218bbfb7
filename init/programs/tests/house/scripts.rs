//! Rules about shell scripts.

use super::tree::File;

/// Where a script must go on after a failure: a boot, a shutdown, a service or what reads its
/// script, the first program of a guest. What may not fail there, each script says itself.
const GOES_ON: [&str; 10] = [
    "stages/",
    "sv-examples/",
    "qemu-tests/guest/",
    "distro/debian/lib/",
    "distro/debian/services/",
    "distro/debian/sv/",
    "distro/debian/templates/",
    "distro/debian/boot.d/",
    "distro/debian/shutdown.d/",
    "distro/debian/sysv-boot.d/",
];

/// Begins with `#!` and the name of a shell.
fn is_program(file: &File) -> bool {
    let first = file.text.lines().next().unwrap_or_default();
    first.starts_with("#!") && first.ends_with("sh")
}

/// A program of a shell, or a part that one reads.
fn is_script(file: &File) -> bool {
    is_program(file) || file.name().ends_with(".sh")
}

pub fn without_head(files: &[File]) -> Vec<String> {
    let headless = files.iter().filter(|f| is_script(f)).filter(|f| {
        let head = f.text.lines().nth(usize::from(is_program(f)));
        let says = head.and_then(|line| line.strip_prefix('#'));
        says.is_none_or(|says| says.trim().is_empty() || says.starts_with('!'))
    });
    headless
        .map(|f| format!("{}: no comment at its head that says what it does", f.path))
        .collect()
}

pub fn going_on_after_failures(files: &[File]) -> Vec<String> {
    let careless = files.iter().filter(|f| {
        let may_go_on = GOES_ON.iter().any(|place| f.path.starts_with(place));
        let ends = f.text.lines().any(|line| line.starts_with("set -e"));
        is_program(f) && !may_go_on && !ends
    });
    careless.map(|f| format!("{}: no set -e", f.path)).collect()
}

pub fn not_executable(files: &[File]) -> Vec<String> {
    let plain = files.iter().filter(|f| is_program(f) && !f.executable);
    plain
        .map(|f| format!("{}: begins with #! and may not be executed", f.path))
        .collect()
}
