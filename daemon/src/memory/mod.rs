//! Memory that secrets have been in: the page that a key is kept in, and the stack that computations leave behind.
//! What is freed on the heap is wiped by the allocator of `passcoded`, which is chosen in `main`.

pub mod page;
pub mod stack;
