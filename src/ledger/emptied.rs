//! A vector handed out while its memory goes.

/// Hands out a vector's elements in order and gives its memory back on the way: millions of them would otherwise stand in
/// memory beside what they are turned into.
pub(super) struct Emptied<T> {
    /// The last one first.
    left: Vec<T>,
}

/// Elements handed out between two returns of memory.
const STEP: usize = 1 << 16;

impl<T> Emptied<T> {
    pub(super) fn new(mut all: Vec<T>) -> Self {
        all.reverse();
        Self { left: all }
    }
}

impl<T> Iterator for Emptied<T> {
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
    fn elements_come_in_order_and_their_memory_goes() {
        let mut all = Emptied::new((0..3 * STEP).collect());
        assert!(all.by_ref().take(2 * STEP).eq(0..2 * STEP));
        assert!(all.left.capacity() <= STEP + 1);
        assert!(all.eq(2 * STEP..3 * STEP));
    }
}
