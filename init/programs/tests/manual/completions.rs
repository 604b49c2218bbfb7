//! What the completions offer: bash is asked, the files for zsh and fish are read.
//!
//! zsh and fish need not be installed for that; what their files look like is simple on purpose,
//! a line for each option and each command.

use super::{Options, place, read, text};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The shells there are completions for.
pub const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// The options that are offered after a name; none where the program has no completion.
pub fn options(shell: &str, called: &str, program: &str) -> Options {
    match shell {
        "bash" if !file("bash", program).exists() => Options::new(),
        "bash" => {
            let words: Vec<&str> = called.split(' ').chain(["-"]).collect();
            let offered = bash_offers(program, &words, &[]).into_iter();
            offered
                .filter_map(|o| o.strip_prefix('-').map(str::to_owned))
                .collect()
        }
        "zsh" => zsh_options(called, program),
        _ => fish_options(called, program),
    }
}

/// The commands of sv that are offered.
pub fn sv_commands(shell: &str) -> Options {
    match shell {
        "bash" => bash_offers("sv", &["sv", ""], &[]),
        "zsh" => {
            let text = read(&file("zsh", "_sv"));
            let list = text.split("commands=(").nth(1).expect("list of commands");
            let list = list.split("\n)").next().expect("end of the list");
            let words = list.lines().filter_map(|l| l.trim().strip_prefix('\''));
            words
                .filter_map(|w| w.split(':').next().map(str::to_owned))
                .collect()
        }
        _ => {
            let text = read(&file("fish", "sv.fish"));
            let lines = text
                .lines()
                .filter(|l| l.contains("-n __runit_sv_needs_command"));
            lines.filter_map(|l| after(l, "-a")).collect()
        }
    }
}

fn file(shell: &str, name: &str) -> PathBuf {
    place("completions").join(shell).join(name)
}

/// Loads a completion into a bash, and asks it what may follow the words.
fn bash_offers(program: &str, words: &[&str], variables: &[(&str, &str)]) -> Options {
    let script = "\
        set -u\n\
        . \"$1\"; shift\n\
        COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1)) COMPREPLY=()\n\
        how=$(complete -p \"$1\") || exit 1\n\
        case $how in *' -F '*) how=${how#* -F }; ${how%% *} || true ;; esac\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let out = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", script, "bash"])
        .arg(file("bash", program))
        .args(words)
        .envs(variables.iter().copied())
        .output()
        .expect("bash");
    let complaints = text(&out.stderr);
    assert!(
        out.status.success() && complaints.is_empty(),
        "{words:?}: {complaints}"
    );
    let lines = text(&out.stdout);
    lines
        .lines()
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Lines of the form `'-X[text]...'`; where names are told apart, those between `(NAME)` and `;;`.
fn zsh_options(called: &str, program: &str) -> Options {
    let path = file("zsh", &format!("_{program}"));
    let Ok(text) = fs::read_to_string(&path) else {
        return Options::new();
    };
    let first = text.lines().next().unwrap_or_default();
    let names: Vec<&str> = first.split_whitespace().collect();
    let (name, label) = (called.split(' ').next(), called.rsplit(' ').next());
    assert!(
        names[0] == "#compdef" && name.is_some_and(|name| names.contains(&name)),
        "{first}: not for {called}"
    );
    let mut inside = !text.contains("case $service in");
    let mut found = Options::new();
    for line in text.lines().map(str::trim) {
        if let Some(names) = line.strip_suffix(')').and_then(|l| l.strip_prefix('(')) {
            inside = names.split('|').any(|name| Some(name) == label);
        }
        // A star in front: more than once.
        let spec = line.strip_prefix("'*-").or(line.strip_prefix("'-"));
        if let Some(spec) = spec.filter(|_| inside) {
            let option = spec.split(['[', '+']).next().unwrap_or_default();
            found.insert(option.to_owned());
        }
    }
    found
}

/// Lines `complete -c NAME -s X`, or `-l word`; or one that says the name is wrapped. Those of a
/// command of sv ask a function for leave that is called like the command.
fn fish_options(called: &str, program: &str) -> Options {
    let Ok(text) = fs::read_to_string(file("fish", &format!("{program}.fish"))) else {
        return Options::new();
    };
    let (name, command) = called.split_once(' ').unwrap_or((called, ""));
    let mut found = Options::new();
    for line in text.lines() {
        let asks = after(line, "-n").filter(|f| f.starts_with("__runit_sv_") && f.ends_with('s'));
        let of = asks.map_or(String::new(), |f| {
            f["__runit_sv_".len()..f.len() - 1].to_owned()
        });
        if after(line, "-c").as_deref() != Some(name) || of != command {
            continue;
        }
        if let Some(wrapped) = after(line, "-w") {
            return fish_options(&wrapped, program);
        }
        found.extend(after(line, "-s"));
        found.extend(after(line, "-l").map(|word| format!("-{word}")));
    }
    found
}

/// The word after another one.
fn after(line: &str, mark: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    words.find(|word| *word == mark)?;
    words.next().map(str::to_owned)
}

/// Services by name, with their loggers; nothing else that lies there.
pub fn bash_offers_services() {
    let dir = scratch("services");
    for service in ["web/log", "db", ".hidden"] {
        fs::create_dir_all(dir.join(service)).expect("service");
    }
    fs::write(dir.join("notes"), "").expect("file");
    let svdir = [("SVDIR", dir.to_str().expect("text"))];
    let offer = |words: &[&str]| {
        bash_offers("sv", words, &svdir)
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(offer(&["sv", "status", ""]), ["db", "web", "web/log"]);
    assert_eq!(offer(&["sv", "-v", "-w", "3", "up", "d"]), ["db"]);
    assert_eq!(offer(&["sv", "-w", ""]), [""; 0]);
    assert_eq!(offer(&["sv", "-w", "3", "sta"]), ["start", "status"]);
    fs::remove_dir_all(dir).expect("own directory");
}

/// Levels by name, and the way back.
pub fn bash_offers_levels() {
    let dir = scratch("levels");
    for level in ["default", "single", "current", "previous"] {
        fs::create_dir_all(dir.join(level)).expect("level");
    }
    let place = [("RUNSVDIR", dir.to_str().expect("text"))];
    let offered = bash_offers("runsvchdir", &["runsvchdir", ""], &place);
    assert_eq!(
        offered.into_iter().collect::<Vec<_>>(),
        ["default", "previous", "single"]
    );
    fs::remove_dir_all(dir).expect("own directory");
}

fn scratch(name: &str) -> PathBuf {
    let dir = env::temp_dir().join(format!("completions-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("temporary directory");
    dir
}
