//! sysv-rc: runs the scripts of /etc/rcN.d whose package brings no service, as their headers order
//! them and otherwise at the same time, each within its limit.
//!
//! The story: read the links of the directory and the headers behind them, leave out what somebody
//! else does, put the rest in order ([`runit_core::order`]), run it. It must never run a script
//! before one that it requires, never wait longer than the limits allow, and never start a second
//! daemon beside a service.

mod facilities;
mod left_out;
mod options;
mod plan;
mod run;
mod scripts;

use crate::cli::Voice;
use facilities::Facilities;
use left_out::Rules;
use options::Options;
use plan::{Node, Plan};
use runit_core::order::Set;
use runit_sys::entry::Args;
use runit_sys::say;
use scripts::Script;

const VOICE: Voice<'static> = Voice::new(b"sysv-rc");
/// Most failures that an exit code tells.
const MOST: usize = 99;

/// `sysv-rc [-an] [-j num] [-r root] [-t sec] [-x names] start|stop dir`: the number of scripts that failed or
/// had to be ended (99 at most), 100 after a usage error, 111 when the directory cannot be read.
pub fn main(args: Args) -> i32 {
    options::read(&args).answer(VOICE, options::USAGE, work)
}

fn work(options: &Options) -> i32 {
    let all = match scripts::read(options) {
        Ok(all) => all,
        Err(error) => {
            return VOICE.fatal_because(&[b"unable to open ", options.dir.to_bytes()], error);
        }
    };
    let mut rules = Rules::read(options);
    let mut mine: Vec<Script> = Vec::new();
    for script in all {
        match rules.why_not(&script) {
            None => mine.push(script),
            Some(why) if options.only_show => {
                say::output(&[&script.name, b": left out: ", why.as_bytes()]);
            }
            Some(_) => {}
        }
    }
    let facilities = Facilities::read(options);
    let plan = plan::make(options.verb, &mine, &facilities, |word| rules.service(word));
    for (who, what) in &plan.dropped {
        VOICE.warning(&[
            who,
            b" and ",
            what,
            b" need each other: not waiting for ",
            what,
        ]);
    }
    for script in mine.iter().skip(plan.scripts) {
        VOICE.warning(&[&script.name, b": too many scripts, left out"]);
    }
    if options.only_show {
        show(&plan, &mine);
        return 0;
    }
    run::all(options, &plan, &mine).min(MOST) as i32
}

/// One line a script, in an order in which they could run one by one.
fn show(plan: &Plan, scripts: &[Script]) {
    let mut shown = Set::EMPTY;
    let ready = |shown: &Set| {
        (0..plan.nodes.len()).find(|&n| !shown.has(n) && plan.order.is_ready(n, shown))
    };
    while let Some(n) = ready(&shown) {
        shown.insert(n);
        let Node::Script(script) = plan.nodes[n] else {
            continue;
        };
        let mut line = scripts[script].name.clone();
        let mut word: &[u8] = b" after ";
        for what in plan.order.needs(n).iter() {
            line.extend_from_slice(word);
            line.extend_from_slice(plan.name(what, scripts));
            word = b" ";
        }
        say::output(&[&line]);
    }
}
