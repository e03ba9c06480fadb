//! The desk that hands out tokens and knows them again, by the vendor's rule.

use std::collections::HashMap;

use scrm_schema::model::Token;

use crate::{
    chance::{hash, mix},
    people::secret,
};

/// How a kind of token is renewed. By default what the schema says; some vendors documented other rules at other times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRule {
    /// Life in seconds.
    pub lifetime: u32,
    /// Below this many seconds of life a new token is given, above it the same again; 0: always a new one.
    pub renew_below: u32,
    /// Seconds the old token goes on to work after a new one was given (never beyond its own end).
    pub overlap: u32,
}

impl TokenRule {
    pub(crate) fn of(token: &Token) -> Self {
        Self { lifetime: token.lifetime, renew_below: token.renew_below, overlap: token.overlap }
    }
}

#[derive(Debug)]
struct Issued {
    vendor: usize,
    shop: usize,
    kind: String,
    ends: i64,
}

/// All tokens, in wall seconds of the mock's clock.
#[derive(Debug, Default)]
pub(crate) struct TokenDesk {
    seed: u64,
    count: u64,
    /// Good at every vendor, for the first shop, for ever.
    accepted: Option<String>,
    issued: HashMap<String, Issued>,
    current: HashMap<(usize, usize, String), String>,
}

impl TokenDesk {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(crate) fn accept(&mut self, token: String) {
        self.accepted = Some(token);
    }

    /// Whether it is the one that is good everywhere.
    pub(crate) fn is_accepted(&self, token: &str) -> bool {
        self.accepted.as_deref() == Some(token)
    }

    /// Gives a token and the seconds it has left.
    pub(crate) fn fetch(&mut self, vendor: usize, shop: usize, kind: &str, rule: TokenRule, now: i64) -> (String, i64) {
        let key = (vendor, shop, kind.to_owned());
        if let Some(text) = self.current.get(&key)
            && let Some(issued) = self.issued.get_mut(text)
        {
            let left = issued.ends - now;
            if rule.renew_below > 0 && left >= i64::from(rule.renew_below) {
                return (text.clone(), left);
            }
            issued.ends = issued.ends.min(now + i64::from(rule.overlap));
        }
        self.issued.retain(|_, issued| issued.ends > now);
        self.count += 1;
        let text = format!("tk_{}", secret(mix(self.seed ^ hash(kind), self.count), 61));
        let ends = now + i64::from(rule.lifetime);
        self.issued.insert(text.clone(), Issued { vendor, shop, kind: kind.to_owned(), ends });
        self.current.insert(key, text.clone());
        (text, i64::from(rule.lifetime))
    }

    /// The shop that a token belongs to, if it is good now.
    pub(crate) fn shop(&self, vendor: usize, kind: &str, token: &str, now: i64) -> Option<usize> {
        if self.is_accepted(token) {
            return Some(0);
        }
        self.issued
            .get(token)
            .filter(|issued| issued.vendor == vendor && issued.kind == kind && issued.ends > now)
            .map(|issued| issued.shop)
    }

    /// Ends all tokens of a vendor (of all, when `None`).
    pub(crate) fn expire(&mut self, vendor: Option<usize>) {
        self.issued.retain(|_, issued| vendor.is_some_and(|vendor| vendor != issued.vendor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME_AGAIN: TokenRule = TokenRule { lifetime: 7200, renew_below: 1200, overlap: 1200 };
    const ALWAYS_NEW: TokenRule = TokenRule { lifetime: 7200, renew_below: 0, overlap: 300 };

    #[test]
    fn the_same_token_comes_back_until_its_last_minutes() {
        let mut desk = TokenDesk::new(1);
        let (first, left) = desk.fetch(0, 0, "access", SAME_AGAIN, 1000);
        assert_eq!(left, 7200);
        assert_eq!(desk.fetch(0, 0, "access", SAME_AGAIN, 1000 + 6000), (first.clone(), 1200));
        let (second, left) = desk.fetch(0, 0, "access", SAME_AGAIN, 1000 + 6001);
        assert!(second != first && left == 7200);
        assert_eq!(desk.shop(0, "access", &first, 1000 + 7199), Some(0));
        assert_eq!(desk.shop(0, "access", &first, 1000 + 7200), None);
        assert_eq!(desk.shop(0, "access", &second, 1000 + 7200), Some(0));
    }

    #[test]
    fn a_new_token_ends_the_old_one_after_the_overlap() {
        let mut desk = TokenDesk::new(1);
        let (first, _) = desk.fetch(0, 1, "access", ALWAYS_NEW, 0);
        let (second, _) = desk.fetch(0, 1, "access", ALWAYS_NEW, 10);
        assert_ne!(first, second);
        assert_eq!(desk.shop(0, "access", &first, 309), Some(1));
        assert_eq!(desk.shop(0, "access", &first, 310), None);
    }

    #[test]
    fn a_token_is_good_at_its_own_vendor_and_for_its_kind_only() {
        let mut desk = TokenDesk::new(1);
        let (token, _) = desk.fetch(0, 0, "access", ALWAYS_NEW, 0);
        assert_eq!(desk.shop(1, "access", &token, 1), None);
        assert_eq!(desk.shop(0, "platform", &token, 1), None);
        desk.expire(Some(1));
        assert_eq!(desk.shop(0, "access", &token, 1), Some(0));
        desk.expire(Some(0));
        assert_eq!(desk.shop(0, "access", &token, 1), None);
        desk.accept("always".to_owned());
        desk.expire(None);
        assert_eq!(desk.shop(3, "platform", "always", 1), Some(0));
    }
}
