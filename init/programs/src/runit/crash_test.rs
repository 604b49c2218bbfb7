//! Crashes on order, only in builds with the feature `crash-test`: what signals from outside cannot
//! do. USR1 panics, USR2 exhausts the stack, QUIT allocates (which a sealed build must not survive
//! unnoticed).

use runit_sys::signal::{self, Arrived, Number};

const ORDERS: [Number; 3] = [Number::USR1, Number::USR2, Number::QUIT];

/// Listens to the orders.
pub fn listen() {
    signal::listen(&ORDERS);
}

/// Obeys them.
pub fn obey(arrived: Arrived) {
    if arrived.has(Number::USR1) {
        panic!("ordered");
    }
    if arrived.has(Number::USR2) {
        std::hint::black_box(deeper(1));
    }
    if arrived.has(Number::QUIT) {
        std::hint::black_box(vec![0u8; 100]);
    }
}

#[allow(unconditional_recursion)]
fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    deeper(depth + 1) + room[0]
}
