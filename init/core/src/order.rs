//! In which order things may begin that need one another: at most [`MOST`] of them, by number.
//!
//! A need is firm (required) or loose (only wished for). Needs that lead back to where they came
//! from are broken up, loose ones first, and each that is dropped is told. What is left has no such
//! circle, so everything gets its turn. It must never drop a need that is on no circle.

/// Most things that one order can have.
pub const MOST: usize = 256;
const BITS: usize = 64;

/// A set of numbers below [`MOST`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Set([u64; MOST / BITS]);

impl Set {
    /// The empty set.
    pub const EMPTY: Set = Set([0; MOST / BITS]);

    /// Adds a number; one that is too large is left out.
    pub fn insert(&mut self, n: usize) {
        if n < MOST {
            self.0[n / BITS] |= 1 << (n % BITS);
        }
    }

    /// Takes a number out.
    pub fn remove(&mut self, n: usize) {
        if n < MOST {
            self.0[n / BITS] &= !(1 << (n % BITS));
        }
    }

    /// Whether it has the number.
    #[must_use]
    pub const fn has(&self, n: usize) -> bool {
        n < MOST && self.0[n / BITS] & (1 << (n % BITS)) != 0
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    /// The smallest number in it.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// Its numbers, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<> {
        let all = *self;
        (0..MOST).filter(move |&n| all.has(n))
    }

    /// Those of it that are not in `other`.
    #[must_use]
    pub fn without(&self, other: &Set) -> Set {
        self.each(other, |own, other| own & !other)
    }

    /// Those of it that are in `other`, too.
    #[must_use]
    pub fn and(&self, other: &Set) -> Set {
        self.each(other, |own, other| own & other)
    }

    /// Those in one of the two.
    #[must_use]
    pub fn or(&self, other: &Set) -> Set {
        self.each(other, |own, other| own | other)
    }

    fn each(&self, other: &Set, join: impl Fn(u64, u64) -> u64) -> Set {
        let mut result = Set::EMPTY;
        for (to, (own, other)) in result.0.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *to = join(*own, *other);
        }
        result
    }
}

/// A need that was given up because it was part of a circle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dropped {
    /// Who needed it.
    pub who: usize,
    /// What it needed.
    pub what: usize,
    /// Whether it was required.
    pub firm: bool,
}

/// Who needs whom.
#[derive(Clone, Debug)]
pub struct Order {
    count: usize,
    firm: [Set; MOST],
    loose: [Set; MOST],
}

impl Order {
    /// So many things (at most [`MOST`]) that need nothing yet.
    #[must_use]
    pub fn new(count: usize) -> Order {
        Order {
            count: count.min(MOST),
            firm: [Set::EMPTY; MOST],
            loose: [Set::EMPTY; MOST],
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// `who` must come after `what`. Nothing needs itself.
    pub fn require(&mut self, who: usize, what: usize) {
        if self.is_pair(who, what) {
            self.firm[who].insert(what);
            self.loose[who].remove(what);
        }
    }

    /// `who` is to come after `what`, if that can be had.
    pub fn wish(&mut self, who: usize, what: usize) {
        if self.is_pair(who, what) && !self.firm[who].has(what) {
            self.loose[who].insert(what);
        }
    }

    fn is_pair(&self, who: usize, what: usize) -> bool {
        who != what && who < self.count && what < self.count
    }

    /// All that `who` is to come after.
    #[must_use]
    pub fn needs(&self, who: usize) -> Set {
        if who < self.count {
            self.firm[who].or(&self.loose[who])
        } else {
            Set::EMPTY
        }
    }

    /// Whether its turn has come when those of `ended` have ended.
    #[must_use]
    pub fn is_ready(&self, who: usize, ended: &Set) -> bool {
        self.needs(who).without(ended).is_empty()
    }

    /// Drops needs until there are no circles, and tells each.
    pub fn break_circles(&mut self, mut told: impl FnMut(Dropped)) {
        loop {
            let stuck = self.stuck();
            let Some(start) = stuck.first() else {
                return;
            };
            let dropped = self.weakest(start, &stuck);
            self.firm[dropped.who].remove(dropped.what);
            self.loose[dropped.who].remove(dropped.what);
            told(dropped);
        }
    }

    /// Those whose turn never comes. Each of them needs another of them.
    fn stuck(&self) -> Set {
        let mut ended = Set::EMPTY;
        loop {
            let before = ended;
            for who in 0..self.count {
                if !ended.has(who) && self.is_ready(who, &ended) {
                    ended.insert(who);
                }
            }
            if ended == before {
                let mut all = Set::EMPTY;
                (0..self.count).for_each(|n| all.insert(n));
                return all.without(&ended);
            }
        }
    }

    /// The need on a circle, found from `start` on, that is given up first: a loose one before a firm
    /// one, and among those one that speaks against the order of the numbers.
    fn weakest(&self, start: usize, stuck: &Set) -> Dropped {
        let next = |who: usize| self.needs(who).and(stuck).first().unwrap_or(who);
        // After as many steps as there are things one is on the circle.
        let begin = (0..self.count).fold(start, |who, _| next(who));
        let need = |who: usize| {
            let what = next(who);
            let firm = self.firm[who].has(what);
            let weight = u8::from(firm) * 2 + u8::from(what < who);
            (weight, Dropped { who, what, firm })
        };
        let (mut least, mut best) = need(begin);
        let mut who = best.what;
        while who != begin {
            let (weight, dropped) = need(who);
            if weight < least {
                (least, best) = (weight, dropped);
            }
            who = dropped.what;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// The order in which all begin when each ends before the next.
    fn one_by_one(order: &Order) -> Vec<usize> {
        let mut ended = Set::EMPTY;
        let mut all = Vec::new();
        while let Some(who) =
            (0..order.count()).find(|&who| !ended.has(who) && order.is_ready(who, &ended))
        {
            ended.insert(who);
            all.push(who);
        }
        all
    }

    #[test]
    fn what_is_needed_comes_before() {
        let mut order = Order::new(4);
        order.require(0, 3);
        order.wish(3, 1);
        order.break_circles(|dropped| panic!("{dropped:?}"));
        assert_eq!(one_by_one(&order), [1, 2, 3, 0]);
    }

    #[test]
    fn a_wish_gives_way_before_a_requirement() {
        let mut order = Order::new(3);
        order.require(0, 1);
        order.require(1, 2);
        order.wish(2, 0);
        let mut told = Vec::new();
        order.break_circles(|dropped| told.push(dropped));
        let expected = Dropped {
            who: 2,
            what: 0,
            firm: false,
        };
        assert_eq!(told, [expected]);
        assert_eq!(one_by_one(&order), [2, 1, 0]);
    }

    #[test]
    fn of_two_that_require_each_other_the_first_begins() {
        let mut order = Order::new(2);
        order.require(0, 1);
        order.require(1, 0);
        order.break_circles(|dropped| assert!(dropped.firm));
        assert_eq!(one_by_one(&order), [0, 1]);
    }

    #[test]
    fn numbers_that_do_not_exist_change_nothing() {
        let mut order = Order::new(1000);
        assert_eq!(order.count(), MOST);
        order.require(0, 0);
        order.require(MOST, 1);
        order.wish(1, MOST + 5);
        assert!(order.is_ready(0, &Set::EMPTY));
        assert!(order.needs(MOST).is_empty());
        let mut set = Set::EMPTY;
        set.insert(MOST);
        assert!(set.is_empty());
    }

    type Needs = Vec<(usize, usize, bool)>;

    fn made(count: usize, needs: &Needs) -> Order {
        let mut order = Order::new(count);
        for &(who, what, firm) in needs {
            if firm {
                order.require(who, what);
            } else {
                order.wish(who, what);
            }
        }
        order
    }

    /// Whether `who` leads to `what` over needs of this kind.
    fn leads(needs: impl Fn(usize) -> Set, who: usize, what: usize) -> bool {
        let mut seen = Set::EMPTY;
        let mut next = Vec::from([who]);
        while let Some(at) = next.pop() {
            for to in needs(at).iter() {
                if to == what {
                    return true;
                }
                if !seen.has(to) {
                    seen.insert(to);
                    next.push(to);
                }
            }
        }
        false
    }

    fn any_needs() -> impl Strategy<Value = (usize, Needs)> {
        (1usize..20).prop_flat_map(|count| {
            let need = (0..count, 0..count, any::<bool>());
            (Just(count), prop::collection::vec(need, 0..60))
        })
    }

    proptest! {
        #![proptest_config(crate::cases(300))]

        #[test]
        fn everything_gets_its_turn_after_what_it_still_needs((count, needs) in any_needs()) {
            let mut order = made(count, &needs);
            order.break_circles(|_| ());
            let turns = one_by_one(&order);
            prop_assert_eq!(turns.len(), count);
            for (place, &who) in turns.iter().enumerate() {
                for what in order.needs(who).iter() {
                    prop_assert!(turns[..place].contains(&what));
                }
            }
        }

        #[test]
        fn only_needs_on_a_circle_are_dropped_and_all_of_them_told((count, needs) in any_needs()) {
            let before = made(count, &needs);
            let mut order = before.clone();
            let mut told = Vec::new();
            order.break_circles(|dropped| told.push(dropped));
            for dropped in &told {
                prop_assert!(leads(|n| before.needs(n), dropped.what, dropped.who));
                if dropped.firm {
                    prop_assert!(leads(|n| before.firm[n], dropped.what, dropped.who));
                }
            }
            let mut again = order.clone();
            for dropped in &told {
                if dropped.firm {
                    again.require(dropped.who, dropped.what);
                } else {
                    again.wish(dropped.who, dropped.what);
                }
            }
            for who in 0..count {
                prop_assert_eq!(again.needs(who), before.needs(who));
            }
        }

        #[test]
        fn where_there_is_no_circle_nothing_is_dropped((count, needs) in any_needs()) {
            let forward: Needs = needs.into_iter().filter(|(who, what, _)| who > what).collect();
            let mut order = made(count, &forward);
            order.break_circles(|dropped| panic!("{dropped:?}"));
            for (who, what, _) in forward {
                prop_assert!(order.needs(who).has(what));
            }
        }
    }
}
