//! seedrng: what it leaves on the disk. The C package has none, so ours is always under test. What the kernel makes
//! of a seed is seen in the boot bench: no second is spent on it.

mod common;
use common::*;
use std::os::unix::fs::PermissionsExt;

fn seedrng(t: &Scratch, args: &[&str]) -> Output {
    t.command(program_of(Under::Ours, "seedrng"))
        .args(args)
        .run()
}

/// The one seed there is, and its name.
fn seed(t: &Scratch) -> (String, Vec<u8>) {
    let mut seeds: Vec<_> = std::fs::read_dir(t.path("seeds"))
        .expect("seeds")
        .map(|entry| entry.expect("an entry"))
        .collect();
    assert_eq!(seeds.len(), 1, "one seed at a time");
    let entry = seeds.remove(0);
    let content = std::fs::read(entry.path()).expect("a seed");
    (entry.file_name().into_string().expect("text"), content)
}

#[test]
fn a_seed_is_used_once_and_nobody_else_can_read_it() {
    let t = Scratch::new();
    let place = t.path("seeds");
    let place = place.to_str().expect("text");
    assert_eq!(seedrng(&t, &[place]).code, 0);
    let (name, first) = seed(&t);
    assert_eq!((name.as_str(), first.len()), ("seed.credit", 32));
    let mode = std::fs::metadata(t.path("seeds/seed.credit"))
        .expect("it")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o400);
    assert_eq!(seedrng(&t, &[place]).code, 0);
    let (_, second) = seed(&t);
    assert_ne!(first, second);
}

#[test]
fn a_seed_of_either_kind_and_any_length_is_taken() {
    let t = Scratch::new();
    std::fs::create_dir(t.path("seeds")).expect("a directory");
    std::fs::write(t.path("seeds/seed.no-credit"), [7; 2_000]).expect("a seed");
    std::fs::write(t.path("seeds/seed.credit"), []).expect("a seed");
    let place = t.path("seeds");
    let out = seedrng(&t, &[place.to_str().expect("text")]);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    let (name, content) = seed(&t);
    assert_eq!((name.as_str(), content.len()), ("seed.credit", 32));
    assert_ne!(content, [7; 32]);
}

#[test]
fn a_place_that_cannot_be_made_is_named() {
    let t = Scratch::new();
    std::fs::write(t.path("file"), "").expect("a file");
    let place = t.path("file/seeds");
    let out = seedrng(&t, &[place.to_str().expect("text")]);
    assert_eq!(out.code, 111);
    assert!(
        out.stderr.starts_with("seedrng: fatal: unable to make "),
        "{}",
        out.stderr
    );
    assert_eq!(seedrng(&t, &["-x"]).code, 100);
    assert_eq!(seedrng(&t, &["a", "b"]).code, 100);
}
