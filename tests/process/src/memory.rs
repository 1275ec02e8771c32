//! The memory of a running process, all that can be read of it, as root sees it: `/proc/PID/maps` and
//! `/proc/PID/mem`, and a search in it for many things at once.

use std::fmt;

use crate::tools::as_root;

/// Prints every region that can be read: a line with its length and name, then its bytes. Left out are machine code,
/// which nobody can write to, and the kernel's own pages, which are the same in every process.
const READ: &str = r#"
while read -r range rights _ _ _ name; do
    case $rights in r?-*) ;; *) continue ;; esac
    case $name in "[vvar"*) continue ;; esac
    from=$((0x${range%-*})) to=$((0x${range#*-}))
    printf '%s %s %s\n' "$((to - from))" "$range" "$name"
    dd if="/proc/$1/mem" bs=1M iflag=fullblock,skip_bytes,count_bytes skip="$from" count="$((to - from))" status=none ||
        exit 1
done <"/proc/$1/maps"
"#;

/// Shortest thing that can be looked for, in bytes: shorter ones are found by chance.
const SHORTEST: usize = 8;

/// The memory is looked through by pages of this many bytes.
const PAGE: usize = 4096;

/// Largest dump that is taken, in bytes.
const LARGEST: usize = 1 << 30;

/// Something to look for.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is, for whoever reads of its being found.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Wanted {
    /// The thing `name`.
    ///
    /// # Panics
    /// When it is so short that it would be found by chance.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let (name, bytes) = (name.into(), bytes.into());
        assert!(bytes.len() >= SHORTEST, "{name} is too short to be looked for");
        Self { name, bytes }
    }
}

/// What a process had in its memory.
pub struct Dump {
    regions: Vec<Region>,
}

struct Region {
    name: String,
    bytes: Vec<u8>,
}

impl Dump {
    /// The memory of the process `pid`, which has to be at rest.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn of(pid: u32) -> Self {
        let read = as_root("sh").args(["-c", READ, "sh", &pid.to_string()]).output();
        let read = read.expect("a shell with the administrator's rights");
        let said = String::from_utf8_lossy(&read.stderr);
        assert!(read.status.success(), "the memory cannot be read: {said}");
        assert!(read.stdout.len() < LARGEST, "{} bytes are too many", read.stdout.len());
        Self { regions: regions(&read.stdout) }
    }

    /// Where something of `wanted` stands: what was found, and in which region.
    pub fn find(&self, wanted: &[Wanted]) -> Vec<String> {
        let index = Index::of(wanted);
        self.regions.iter().flat_map(|region| index.look_through(region)).collect()
    }

    /// Number of bytes in all regions.
    pub fn size(&self) -> usize {
        self.regions.iter().map(|region| region.bytes.len()).sum()
    }
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes of memory]", self.size())
    }
}

fn regions(mut printed: &[u8]) -> Vec<Region> {
    let mut regions = Vec::new();
    while let Some(end) = printed.iter().position(|byte| *byte == b'\n') {
        let name = String::from_utf8_lossy(&printed[..end]).into_owned();
        let length = name.split(' ').next().and_then(|length| length.parse().ok());
        let (bytes, rest) = printed[end + 1..].split_at(length.expect("the region's length"));
        regions.push(Region { name, bytes: bytes.to_vec() });
        printed = rest;
    }
    regions
}

/// What is looked for, by its first two bytes, so that one way through the memory finds all.
struct Index<'a> {
    by_start: Vec<Vec<&'a Wanted>>,
}

impl<'a> Index<'a> {
    fn of(wanted: &'a [Wanted]) -> Self {
        let mut by_start = vec![Vec::new(); 1 << 16];
        for one in wanted {
            by_start[start_of(one.bytes[0], one.bytes[1])].push(one);
        }
        Self { by_start }
    }

    /// A plain loop: without optimisation anything finer takes ten times as long.
    fn look_through(&self, region: &Region) -> Vec<String> {
        let (bytes, mut found) = (region.bytes.as_slice(), Vec::new());
        for page in (0..bytes.len()).step_by(PAGE) {
            let end = bytes.len().min(page + PAGE);
            // Most pages were never used, and nothing that is looked for begins with so many zeros.
            if bytes[page..end] == [0; PAGE] {
                continue;
            }
            for at in page..end.min(bytes.len() - 1) {
                for one in &self.by_start[start_of(bytes[at], bytes[at + 1])] {
                    if bytes[at..].starts_with(&one.bytes) {
                        found.push(format!("{} at {at:#x} of {}", one.name, region.name));
                    }
                }
            }
        }
        found
    }
}

fn start_of(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}
