//! The stack behind a computation. Ciphers and hashes leave keys in the part of the stack that they have used, and
//! numbers that are as good as keys; the system's loader puts whatever the processor holds there when it finds a
//! function for the first time. All that stays until something else happens to reach as deep.

use std::hint::black_box;

/// What is overwritten each time that the serving thread goes to rest, in bytes. Its deepest work, a change to what
/// is paired, uses 12 KiB; built without optimisation 58 KiB.
pub const SERVING: usize = if cfg!(debug_assertions) { 128 << 10 } else { 16 << 10 };

/// What is overwritten when a vault has been opened, in bytes; more than enough, since nobody waits for it.
pub const OPENING: usize = 128 << 10;

/// Does some work, and overwrites `DEPTH` bytes of the stack that it has used. What the work returns must not hold a
/// secret itself, only the way to one.
pub fn leaving_nothing<const DEPTH: usize, T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    overwrite::<DEPTH>();
    result
}

/// Keeps the work below the caller's own part of the stack, where [`overwrite`] will be.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Overwrites `DEPTH` bytes of the stack below the caller.
#[inline(never)]
pub fn overwrite<const DEPTH: usize>() {
    // The compiler is not told what becomes of the zeros, so it has to write them.
    black_box(&mut [0_u8; DEPTH]);
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;

    const FRAME: usize = 16 << 10;

    /// Leaves `sign` in the stack.
    #[inline(never)]
    fn use_stack(sign: &[u8]) -> usize {
        let mut room = [0; FRAME];
        room[..sign.len()].copy_from_slice(sign);
        black_box(&room).len()
    }

    /// Whether `sign` is in the stack below our caller, as the kernel sees it.
    fn is_left(sign: &[u8], memory: &File) -> bool {
        let mut below = vec![0; 2 * FRAME];
        let here = (&raw const below).addr();
        memory.read_exact_at(&mut below, (here - 2 * FRAME) as u64).unwrap();
        below.windows(sign.len()).any(|bytes| bytes == sign)
    }

    #[test]
    fn what_work_leaves_in_the_stack_is_overwritten() {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut sign = vec![0; 16];
        getrandom::fill(&mut sign).unwrap();
        assert_eq!(apart(|| use_stack(&sign)), FRAME);
        assert!(is_left(&sign, &memory), "it is there when nobody overwrites it");
        assert_eq!(leaving_nothing::<OPENING, _>(|| use_stack(&sign)), FRAME);
        assert!(!is_left(&sign, &memory));
    }
}
