//! Hands out the elements of a vector and frees its memory on the way.

/// Hands out a vector's elements in order. Its memory is freed step by step: millions of records would otherwise be in
/// memory twice, as they are and as what they are turned into.
pub(super) struct Freeing<T> {
    /// The elements left, last one first.
    left: Vec<T>,
}

/// Elements handed out before memory is freed again.
const STEP: usize = 1 << 12;

impl<T> Freeing<T> {
    pub(super) fn new(mut all: Vec<T>) -> Self {
        all.reverse();
        Self { left: all }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

impl<T> Iterator for Freeing<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let next = self.left.pop();
        if self.left.len().is_multiple_of(STEP) {
            self.left.shrink_to_fit();
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_in_order_and_their_memory_is_freed() {
        let mut all = Freeing::new((0..3 * STEP).collect());
        assert!(all.by_ref().take(2 * STEP).eq(0..2 * STEP));
        assert!(all.left.capacity() <= STEP + 1);
        assert!(all.eq(2 * STEP..3 * STEP));
    }
}
