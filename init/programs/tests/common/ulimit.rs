//! Resource limits as a shell shows them.

use super::spawn::Prog;

/// Soft and hard limit of this letter of `ulimit`, in a shell that `run` starts.
#[track_caller]
pub fn shown(run: Prog, letter: &str) -> (String, String) {
    let line = format!("ulimit -S -{letter}; ulimit -H -{letter}");
    let out = run.args(["bash", "-c", &line]).run();
    let mut lines = out.stdout.lines().map(str::to_string);
    let pair = (lines.next(), lines.next());
    let (Some(soft), Some(hard)) = pair else {
        panic!("no limits: {out:?}");
    };
    (soft, hard)
}
