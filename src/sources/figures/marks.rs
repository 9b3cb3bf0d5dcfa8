//! Which numbers of the value at hand were read.
//!
//! A reader asks for numbers in any order and from copies of the same value, so its addresses are noted here, by the thread that
//! reads it, instead of in a parameter of every access.

use std::cell::RefCell;

use crate::sources::json::node::Node;

thread_local! {
    static READ: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Notes that a number was read.
pub(in crate::sources) fn mark(node: &Node<'_>) {
    READ.with_borrow_mut(|read| read.push(address(node)));
}

/// Forgets all notes; called before each value.
pub(in crate::sources) fn clear() {
    READ.with_borrow_mut(Vec::clear);
}

/// Whether a number was read. For many numbers, [`sorted`] is searched faster.
pub(super) fn is_read(node: &Node<'_>) -> bool {
    READ.with_borrow(|read| read.contains(&address(node)))
}

/// How many numbers were read.
pub(super) fn count() -> usize {
    READ.with_borrow(Vec::len)
}

/// The addresses of all numbers that were read, sorted.
pub(super) fn sorted() -> Vec<usize> {
    let mut read = READ.with_borrow(Clone::clone);
    read.sort_unstable();
    read
}

pub(super) fn address(node: &Node<'_>) -> usize {
    std::ptr::from_ref(node).addr()
}
