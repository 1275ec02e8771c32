//! Making a key of something that people can remember: Argon2id (RFC 9106), with its cost stored beside the salt. What is
//! made of the key is told where it is used; here it is only bounded, computed, and its memory wiped and given back.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

use crate::memory::page::KeyPage;

/// Length of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// Length of a [`Recipe`] as it is stored.
pub const RECIPE_BYTES: usize = 4 + 1 + SALT_BYTES;

/// How much work one derivation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u8,
}

impl Cost {
    /// What is stored with new keys: 64 MiB, 3 passes.
    pub const USUAL: Self = Self { memory: 64 * 1024, passes: 3 };

    /// The least that Argon2 knows, for tests that open a vault thousands of times.
    #[cfg(any(test, feature = "fakes"))]
    pub const LEAST: Self = Self { memory: 8, passes: 1 };

    /// The most that is computed, whatever a file claims.
    const MOST: Self = Self { memory: 256 * 1024, passes: 10 };

    fn is_bounded(self) -> bool {
        (8..=Self::MOST.memory).contains(&self.memory)
            && (1..=Self::MOST.passes).contains(&self.passes)
    }
}

/// Cost and salt: all that is needed to make the key again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    cost: Cost,
    salt: [u8; SALT_BYTES],
}

/// The system has not the memory, or no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starved;

impl Recipe {
    /// A new salt.
    pub fn random(cost: Cost) -> Result<Self, Starved> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| Starved)?;
        Ok(Self { cost, salt })
    }

    /// The stored form: memory in KiB (4 bytes, big-endian), passes (1 byte), salt (16 bytes). One lane, version 0x13.
    pub fn to_bytes(&self) -> [u8; RECIPE_BYTES] {
        let mut bytes = [0; RECIPE_BYTES];
        bytes[..4].copy_from_slice(&self.cost.memory.to_be_bytes());
        bytes[4] = self.cost.passes;
        bytes[5..].copy_from_slice(&self.salt);
        bytes
    }

    /// Reads the stored form; none when it asks for more than 256 MiB or 10 passes, which nobody has stored honestly.
    pub fn from_bytes(bytes: &[u8; RECIPE_BYTES]) -> Option<Self> {
        let (memory, rest) = bytes.split_first_chunk()?;
        let (passes, salt) = rest.split_first()?;
        let cost = Cost { memory: u32::from_be_bytes(*memory), passes: *passes };
        let salt = salt.try_into().ok()?;
        cost.is_bounded().then_some(Self { cost, salt })
    }

    /// Makes the key. Takes as long as the cost says, and blocks meanwhile.
    pub fn key(&self, secret: &[u8]) -> Result<KeyPage, Starved> {
        let mut key = KeyPage::blank();
        let mut memory = blocks(self.cost.memory as usize)?;
        let params = Params::new(self.cost.memory, self.cost.passes.into(), 1, None);
        let argon2 = params.map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
        let made = argon2.and_then(|argon2| {
            argon2.hash_password_into_with_memory(secret, &self.salt, key.expose_mut(), &mut memory)
        });
        memory.iter_mut().for_each(Zeroize::zeroize);
        made.map(|()| key).map_err(|_| Starved)
    }
}

/// Memory that is refused is an error here, not the end of the agent.
fn blocks(count: usize) -> Result<Vec<Block>, Starved> {
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(count).map_err(|_| Starved)?;
    blocks.resize(count, Block::default());
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(cost: Cost) -> Recipe {
        Recipe { cost, salt: *b"somesaltsomesalt" }
    }

    #[test]
    fn a_recipe_is_read_back_and_makes_the_same_key() {
        let one = Recipe::random(Cost::LEAST).unwrap();
        let again = Recipe::from_bytes(&one.to_bytes()).unwrap();
        assert_eq!(again, one);
        let key = |recipe: &Recipe, secret: &[u8]| *recipe.key(secret).unwrap().expose();
        assert_eq!(key(&one, b"2468"), key(&again, b"2468"));
        assert_ne!(key(&one, b"2468"), key(&one, b"2469"));
        assert_ne!(Recipe::random(Cost::LEAST).unwrap(), one, "every salt is new");
    }

    #[test]
    fn a_recipe_that_would_take_all_memory_or_time_is_refused() {
        for cost in [
            Cost { memory: 0, passes: 3 },
            Cost { memory: u32::MAX, passes: 3 },
            Cost { memory: 256 * 1024 + 1, passes: 3 },
            Cost { memory: 1024, passes: 0 },
            Cost { memory: 1024, passes: 11 },
        ] {
            assert_eq!(Recipe::from_bytes(&recipe(cost).to_bytes()), None, "{cost:?}");
        }
        assert!(Recipe::from_bytes(&recipe(Cost::USUAL).to_bytes()).is_some());
    }

    /// By the reference implementation: `printf 2468 | argon2 somesaltsomesalt -id -v 13 -k 1024 -t 2 -p 1 -l 32 -r`.
    #[test]
    fn keys_are_those_of_the_reference_implementation() {
        let key = recipe(Cost { memory: 1024, passes: 2 }).key(b"2468").unwrap();
        let hex = data_encoding::HEXLOWER.encode(key.expose());
        assert_eq!(hex, "70411156250f8f69ece941045f295bee79821dcbc1aadd84f25c68344d3add81");
    }
}
