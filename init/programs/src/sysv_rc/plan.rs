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
        let [required, wished, reversed] = match verb {
            Verb::Start => [
                Keyword::RequiredStart,
                Keyword::ShouldStart,
                Keyword::StartBefore,
            ],
            Verb::Stop => [
                Keyword::RequiredStop,
                Keyword::ShouldStop,
                Keyword::StopAfter,
            ],
        };
        for keyword in [required, wished, reversed] {
            // On the way down what others need goes last.
            let own_waits = (verb == Verb::Start) == (keyword != reversed);
            for word in script.words(keyword) {
                for other in words.nodes_of(word, own, 0) {
                    let (who, what) = if own_waits {
                        (own, other)
                    } else {
                        (other, own)
                    };
                    needs.push((who, what, keyword == required));
                }
            }
        }
        if !script.has_header() {
            // All it says is the number of its link.
            let earlier = |&other: &usize| scripts[other].number < script.number;
            let earlier = (0..count).filter(earlier);
            needs.extend(earlier.map(|other| (own, other, false)));
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
    // A wish that cannot be had is no news.
    let mut told = Vec::new();
    order.break_circles(|dropped| told.extend(dropped.firm.then_some(dropped)));
    let mut plan = Plan {
        nodes,
        order,
        scripts: count,
        dropped: Vec::new(),
    };
    for dropped in told {
        let name = |node| plan.name(node, scripts).to_vec();
        let names = (name(dropped.who), name(dropped.what));
        plan.dropped.push(names);
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
        let all = 0..self.scripts.len();
        let mut found: Vec<usize> = all.filter(|&n| self.scripts[n].is_called(word)).collect();
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
        let all = 0..self.scripts.len();
        all.filter(|&n| !says(&self.scripts[n])).collect()
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
