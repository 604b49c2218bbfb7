//! Who waits for whom: headers and facilities as an [`Order`].

use super::facilities::Facilities;
use super::options::Verb;
use super::scripts::Script;
use runit_core::lsb::Keyword;
use runit_core::order::{MOST, Order};

/// How deep facilities may stand for facilities.
const DEEPEST: usize = 8;

/// What has a place in the order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// A script, by its number.
    Script(usize),
    /// A service that a script needs.
    Service(Vec<u8>),
}

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    /// The scripts that have a place, in their order, then services.
    pub nodes: Vec<Node>,
    /// Who waits for whom.
    pub order: Order,
    /// How many scripts have a place; there is none for more than 256.
    pub scripts: usize,
    /// Needs that were given up: who, and for what it does not wait.
    pub dropped: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Plan {
    /// The name of a node.
    #[must_use]
    pub fn name<'a>(&'a self, node: usize, scripts: &'a [Script]) -> &'a [u8] {
        match &self.nodes[node] {
            Node::Script(n) => &scripts[*n].name,
            Node::Service(name) => name,
        }
    }
}

/// Plans. `service` gives the service that stands for a word, where there is one to wait for.
pub fn make(
    verb: Verb,
    scripts: &[Script],
    facilities: &Facilities,
    service: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Plan {
    let count = scripts.len().min(MOST);
    let mut words = Words {
        scripts: &scripts[..count],
        facilities,
        service,
        nodes: (0..count).map(Node::Script).collect(),
    };
    // Who, what, whether it is required.
    let mut needs: Vec<(usize, usize, bool)> = Vec::new();
    for (own, script) in scripts[..count].iter().enumerate() {
        let (before, wished, after) = match verb {
            Verb::Start => (
                Keyword::RequiredStart,
                Keyword::ShouldStart,
                Keyword::StartBefore,
            ),
            Verb::Stop => (
                Keyword::RequiredStop,
                Keyword::ShouldStop,
                Keyword::StopAfter,
            ),
        };
        for (keyword, firm) in [(before, true), (wished, true), (after, false)] {
            let forward = (verb == Verb::Start) == firm;
            for word in script.words(keyword) {
                for other in words.nodes_of(word, own, 0) {
                    let (who, what) = if forward { (own, other) } else { (other, own) };
                    needs.push((who, what, keyword == before));
                }
            }
        }
        if !script.has_header() {
            // All it says is the number of its link.
            let before = |other: &&Script| other.number < script.number;
            let earlier = scripts[..count].iter().enumerate();
            let earlier = earlier.filter(|(_, other)| before(other));
            needs.extend(earlier.map(|(other, _)| (own, other, false)));
        }
    }
    let nodes = words.nodes;
    let mut order = Order::new(nodes.len());
    for (who, what, firm) in needs {
        if firm {
            order.require(who, what);
        } else {
            order.wish(who, what);
        }
    }
    let mut told = Vec::new();
    order.break_circles(|dropped| told.push(dropped));
    let mut plan = Plan {
        nodes,
        order,
        scripts: count,
        dropped: Vec::new(),
    };
    // A wish that cannot be had is no news.
    for dropped in told.iter().filter(|dropped| dropped.firm) {
        let names = [dropped.who, dropped.what].map(|n| plan.name(n, scripts).to_vec());
        let [who, what] = names;
        plan.dropped.push((who, what));
    }
    plan
}

/// What words lead to.
struct Words<'a, F> {
    scripts: &'a [Script],
    facilities: &'a Facilities,
    service: F,
    nodes: Vec<Node>,
}

impl<F: Fn(&[u8]) -> Option<Vec<u8>>> Words<'_, F> {
    /// The nodes that a word of script `own` means.
    fn nodes_of(&mut self, word: &[u8], own: usize, depth: usize) -> Vec<usize> {
        if word == b"$all" {
            return self.all_but_the_last();
        }
        let named = |(n, script): (usize, &Script)| script.is_called(word).then_some(n);
        let mut found: Vec<usize> = self.scripts.iter().enumerate().filter_map(named).collect();
        if found.is_empty() {
            found.extend(self.service_node(word));
        }
        if word.starts_with(b"$") && depth < DEEPEST {
            let facilities = self.facilities;
            for inner in facilities.words(word) {
                found.extend(self.nodes_of(inner, own, depth + 1));
            }
        }
        found.retain(|&n| n != own);
        found
    }

    /// `$all`: everything that does not say so itself.
    fn all_but_the_last(&self) -> Vec<usize> {
        let says = |script: &Script| {
            [Keyword::RequiredStart, Keyword::ShouldStart]
                .into_iter()
                .any(|keyword| script.words(keyword).any(|word| word == b"$all"))
        };
        let first = self.scripts.iter().enumerate();
        let first = first.filter(|(_, script)| !says(script));
        first.map(|(n, _)| n).collect()
    }

    fn service_node(&mut self, word: &[u8]) -> Option<usize> {
        let node = Node::Service((self.service)(word)?);
        if let Some(known) = self.nodes.iter().position(|other| *other == node) {
            return Some(known);
        }
        // Where there is no place left nobody waits for it.
        (self.nodes.len() < MOST).then(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }
}
