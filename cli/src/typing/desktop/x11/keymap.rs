//! Which keys produce a character: the layout of the keyboard as "The X Keyboard Extension" describes it. A key has levels, which
//! modifiers choose; each layout (group) has its own. Shift, and what chooses the third level, can be held with it.

use x11rb::connection::Connection;
use x11rb::protocol::xkb::{ConnectionExt as _, KeyModMap, KeySymMap, KeyType, MapPart, VMod};
use x11rb::protocol::xproto::{Keycode, ModMask};
use x11rb::rust_connection::RustConnection;

use super::keysym::{self, Keysym};
use crate::typing::TypingFault;

const SHIFT_LEFT: Keysym = 0xffe1;
const SHIFT_RIGHT: Keysym = 0xffe2;
const THIRD_LEVEL: Keysym = 0xfe03;

const CAPS_LOCK: u16 = 1 << 1;

/// What a layout does when it is chosen for a key that has fewer of them.
const CLAMP: u8 = 0x40;
const REDIRECT: u8 = 0x80;

/// What the keys of a keyboard produce.
#[derive(Debug)]
pub struct Keymap {
    first: Keycode,
    types: Vec<KeyType>,
    keys: Vec<KeySymMap>,
    modifiers: Vec<Modifier>,
}

/// A key that can be held while another one is struck.
#[derive(Debug, Clone, Copy)]
struct Modifier {
    key: Keycode,
    mask: u16,
}

/// Keys that make a character: one that is struck while others are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    pub key: Keycode,
    pub held: Vec<Keycode>,
}

impl Keymap {
    /// Asks the display for the keys of a device.
    pub fn read(connection: &RustConnection, device: u16) -> Result<Self, TypingFault> {
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let (some, none) = (MapPart::from(0_u16), VMod::from(0_u16));
        #[rustfmt::skip]
        let asked = connection.xkb_get_map(
            device, parts, some, 0, 0, first, last - first + 1, 0, 0, 0, 0, none, 0, 0, first, last - first + 1, 0, 0,
        )?;
        let map = asked.reply()?.map;
        let (types, keys) = (map.types_rtrn.unwrap_or_default(), map.syms_rtrn.unwrap_or_default());
        let modifiers = modifiers(first, &keys, &map.modmap_rtrn.unwrap_or_default());
        Ok(Self { first, types, keys, modifiers })
    }

    /// The keys that produce this in the layout `group` with these modifiers locked, as few of them as will do.
    pub fn stroke(&self, keysym: Keysym, group: u8, locked: u16) -> Option<Stroke> {
        self.handfuls().find_map(|held| {
            let mask = held.iter().fold(locked, |mask, modifier| mask | modifier.mask);
            let mut keys = (self.first..=Keycode::MAX).zip(&self.keys);
            let key = keys.find(|(_, key)| self.produced(key, group, mask) == Some(keysym))?.0;
            Some(Stroke { key, held: held.iter().map(|modifier| modifier.key).collect() })
        })
    }

    /// No modifier, each, and all of them.
    fn handfuls(&self) -> impl Iterator<Item = &[Modifier]> {
        let each = self.modifiers.chunks(1);
        let all = (self.modifiers.len() > 1).then_some(&self.modifiers[..]);
        std::iter::once(&[][..]).chain(each).chain(all)
    }

    /// What a key produces with these modifiers.
    fn produced(&self, key: &KeySymMap, group: u8, mask: u16) -> Option<Keysym> {
        let group = group_of(key, group)?;
        let kind = self.types.get(usize::from(*key.kt_index.get(group)?))?;
        let level = level(kind, mask);
        let keysym = *key.syms.get(group * usize::from(key.width) + level)?;
        let is_capitalised = mask & CAPS_LOCK & !u16::from(kind.mods_mask) != 0;
        Some(if is_capitalised { keysym::upper(keysym) } else { keysym })
    }
}

/// Which layout a key has when the chosen one is `group`.
fn group_of(key: &KeySymMap, group: u8) -> Option<usize> {
    let count = key.group_info & 0x0f;
    let group = match key.group_info & (CLAMP | REDIRECT) {
        _ if count == 0 => return None,
        _ if group < count => group,
        CLAMP => count - 1,
        REDIRECT => Some(key.group_info >> 4 & 3).filter(|group| *group < count).unwrap_or(0),
        _ => group % count,
    };
    Some(group.into())
}

/// The level that these modifiers choose.
fn level(kind: &KeyType, mask: u16) -> usize {
    let relevant = mask & u16::from(kind.mods_mask);
    let mut entries = kind.map.iter().filter(|entry| entry.active);
    let entry = entries.find(|entry| u16::from(entry.mods_mask) == relevant);
    entry.map_or(0, |entry| entry.level.into())
}

/// A key for Shift and one for the third level, as far as there are such.
fn modifiers(first: Keycode, keys: &[KeySymMap], map: &[KeyModMap]) -> Vec<Modifier> {
    let plain = |(_, key): &(Keycode, &KeySymMap), wanted: &[Keysym]| {
        key.syms.first().is_some_and(|keysym| wanted.contains(keysym))
    };
    let keys = || (first..=Keycode::MAX).zip(keys);
    let mask = |wanted: Keycode| {
        let mapped = map.iter().find(|mapped| mapped.keycode == wanted)?;
        Some(u16::from(mapped.mods)).filter(|mask| mask.count_ones() == 1)
    };
    let shift = keys().filter(|key| plain(key, &[SHIFT_LEFT, SHIFT_RIGHT])).find_map(|(key, _)| {
        let mask = mask(key).filter(|mask| *mask == u16::from(ModMask::SHIFT))?;
        Some(Modifier { key, mask })
    });
    // Of several keys for it the last one: the first is on no real keyboard.
    let third = || keys().filter(|key| plain(key, &[THIRD_LEVEL]));
    let third_mask = third().find_map(|(key, _)| mask(key));
    let third = third_mask.zip(third().next_back()).map(|(mask, (key, _))| Modifier { key, mask });
    shift.into_iter().chain(third).collect()
}
