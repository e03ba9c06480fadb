//! The made-up people: the same at every vendor, each of them worked out from the seed when asked for.

pub(crate) mod names;
mod own;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    chance::{hash, mix},
    clock,
};
pub use own::{Customer, DataError};

/// The first person came on 2021-01-01, the last of the first crowd before 2026-01-01 (China time).
const FIRST: i64 = 1_609_430_400;
const LAST: i64 = 1_767_196_800;

/// One person. Everything that is not the user's own data follows from the number.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Counts from 0; never given twice.
    pub(crate) number: u64,
    /// When the person came, in Unix seconds.
    pub(crate) created: i64,
    /// The user's own data.
    own: Option<Box<Customer>>,
    /// `false`: removed, but remembered, so that a cursor on this person still has its place.
    live: bool,
}

/// Numbers of the people who have a value, by the hash of its text. It only ever grows, since numbers are never given twice.
#[derive(Debug, Default)]
pub(crate) struct Index {
    known: u64,
    numbers: HashMap<u64, Vec<u64>>,
}

impl Index {
    /// Takes in everybody who came since the last time; `value` says the text of one person.
    pub(crate) fn update(&mut self, people: &People, value: impl Fn(&Person) -> Option<String>) {
        for number in self.known..people.next_number {
            if let Some(text) = people.place(number).and_then(|place| people.at(place)).and_then(&value) {
                self.numbers.entry(hash(&text)).or_default().push(number);
            }
        }
        self.known = people.next_number;
    }

    /// Places of those who may have this value, removed people too.
    pub(crate) fn places(&self, people: &People, text: &str) -> Vec<u32> {
        self.numbers.get(&hash(text)).into_iter().flatten().filter_map(|number| people.place(*number)).collect()
    }
}

impl Person {
    /// Somebody to fill an answer with that is about nobody.
    pub(crate) fn nobody() -> Self {
        Self { number: 0, created: FIRST, own: None, live: true }
    }
}

/// All people in the order in which they came.
#[derive(Debug)]
pub(crate) struct People {
    seed: u64,
    all: Vec<Person>,
    /// Places in `all` of those not removed, ascending.
    order: Vec<u32>,
    /// Place in `all` by number.
    places: Vec<u32>,
    next_number: u64,
    /// Grows with every change.
    version: u64,
}

impl People {
    /// So many made-up people, and after them the user's own.
    pub(crate) fn new(seed: u64, made_up: u32, own: Vec<Customer>) -> Self {
        let mut people = Self { seed, all: Vec::new(), order: Vec::new(), places: Vec::new(), next_number: 0, version: 0 };
        let step = (LAST - FIRST) / i64::from(made_up.max(1));
        for number in 0..u64::from(made_up) {
            let jitter = i64::try_from(mix(seed ^ 0xc1, number) % u64::try_from(step.max(1)).unwrap_or(1)).unwrap_or(0);
            let created = FIRST + i64::try_from(number).unwrap_or(0) * step + jitter;
            people.all.push(Person { number, created, own: None, live: true });
        }
        people.next_number = u64::from(made_up);
        let now = people.all.last().map_or(FIRST, |last| last.created);
        for customer in own {
            let person = people.person_of(customer, now);
            people.all.push(person);
        }
        people.all.sort_by_key(|person| person.created);
        people.renumber();
        people
    }

    fn person_of(&mut self, customer: Customer, now: i64) -> Person {
        let number = self.next_number;
        self.next_number += 1;
        let created = customer.created().unwrap_or(now);
        Person { number, created, own: if customer.is_empty() { None } else { Some(Box::new(customer)) }, live: true }
    }

    fn renumber(&mut self) {
        self.places = vec![0; self.all.len()];
        for (place, person) in (0_u32..).zip(&self.all) {
            if let Some(slot) = usize::try_from(person.number).ok().and_then(|number| self.places.get_mut(number)) {
                *slot = place;
            }
        }
        self.order = (0_u32..).zip(&self.all).filter(|(_, person)| person.live).map(|(place, _)| place).collect();
        self.version += 1;
    }

    /// Adds people; without a `created_at` of their own they come now.
    pub(crate) fn add(&mut self, customers: Vec<Customer>, now: i64) {
        for customer in customers {
            let person = self.person_of(customer, now);
            self.all.push(person);
        }
        // Stable: who came at the same moment stays in the order of arrival.
        self.all.sort_by_key(|person| person.created);
        self.renumber();
    }

    /// Removes the live people that `gone` chooses; says how many.
    pub(crate) fn remove(&mut self, mut gone: impl FnMut(&Self, &Person) -> bool) -> usize {
        let chosen: Vec<u32> =
            self.order.iter().copied().filter(|place| self.at(*place).is_some_and(|person| gone(self, person))).collect();
        for place in &chosen {
            if let Some(person) = self.all.get_mut(*place as usize) {
                person.live = false;
            }
        }
        self.renumber();
        chosen.len()
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Places of the live people, in order.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(crate) fn at(&self, place: u32) -> Option<&Person> {
        self.all.get(place as usize)
    }

    pub(crate) fn is_live(&self, place: u32) -> bool {
        self.at(place).is_some_and(|person| person.live)
    }

    /// The live people who came in this range of seconds, as a range of `order`.
    pub(crate) fn came_between(&self, first: i64, last: i64) -> std::ops::Range<usize> {
        let created = |place: &u32| self.at(*place).map_or(i64::MAX, |person| person.created);
        let start = self.order.partition_point(|place| created(place) < first);
        let end = self.order.partition_point(|place| created(place) <= last);
        start..end.max(start)
    }

    /// The number of who came last.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.next_number.checked_sub(1)
    }

    /// The place of the person with this number.
    pub(crate) fn place(&self, number: u64) -> Option<u32> {
        self.places.get(usize::try_from(number).ok()?).copied()
    }

    /// What is known of a person under a word of `x-sample`, as `vendor` tells it in `field`; `None`: no such word for people.
    pub(crate) fn attribute(&self, person: &Person, sample: &str, vendor: &str, field: &str) -> Option<Value> {
        if sample == "created_at" {
            return Some(json!(person.created));
        }
        if let Some(value) = person.own.as_ref().and_then(|own| own.get(sample)) {
            return Some(value.clone());
        }
        let chance = mix(self.seed, person.number);
        let local = |what: &str| mix(chance, hash(vendor) ^ hash(what));
        Some(match sample {
            "id" => Value::String(format!("u_{:012x}", local("id") >> 16)),
            "number" => Value::from(1001 + person.number),
            "phone" => Value::String(phone(self.seed, person.number)),
            "name" => Value::String(names::name(chance)),
            "nickname" => Value::String(names::nickname(chance)),
            "email" => Value::String(format!("user{}@mail.example", 1001 + person.number)),
            "union_id" => Value::String(format!("oU{}", letters(mix(chance, 21), 26))),
            "open_id" | "mini_open_id" => Value::String(format!("oO{}", letters(local(sample) ^ hash(field), 26))),
            "third_id" => Value::String(format!("c{:08}", mix(chance, 30) % 100_000_000)),
            "avatar" => Value::String(format!("https://img.example/avatar/{:08x}.png", mix(chance, 22) >> 32)),
            "company" => Value::String(names::company(mix(chance, 23) % 5000)),
            "remark" => Value::String(names::title(chance).to_owned()),
            "province" => Value::String(names::place(chance).0.to_owned()),
            "city" => Value::String(names::place(chance).1.to_owned()),
            "country" => Value::String("中国".to_owned()),
            "address" => Value::String(names::address(chance)),
            "sex" => json!(mix(chance, 24) % 3),
            "active_at" => json!(person.created + i64::try_from(mix(chance, 25) % 2_592_000).unwrap_or(0)),
            "birthday" => json!(i64::try_from(mix(chance, 26) % 1_100_000_000).unwrap_or(0)),
            "score" => json!(mix(chance, 27) % 1000),
            "count" => json!(mix(chance, 28 ^ hash(field)) % 30),
            "tag_id" | "group_id" => json!(100 + mix(chance, 32 ^ hash(field)) % 50),
            "app_id" => Value::String(format!("wx{:016x}", hash(vendor))),
            "flag" => json!(mix(chance, 33 ^ hash(field)) % 2),
            "money" => json!(mix(chance, 29 ^ hash(field)) % 1_000_000),
            _ => return None,
        })
    }

    /// The person as a value, with every attribute that does not depend on a vendor.
    pub(crate) fn customer(&self, person: &Person) -> Customer {
        let mut customer = Customer::new();
        for sample in own::TOLD {
            if let Some(value) = self.attribute(person, sample, "", "") {
                let value = if *sample == "created_at" { Value::String(clock::date_time(person.created)) } else { value };
                customer = customer.with(sample, value);
            }
        }
        customer
    }
}

/// Words of `x-sample` by which a person is known: they are never left out of a row, and a search by them uses an index.
pub(crate) fn identifies(sample: &str) -> bool {
    matches!(sample, "id" | "number" | "phone" | "email" | "union_id" | "open_id" | "mini_open_id" | "third_id")
}

/// The first thousand numbers are the ones that examples everywhere print; the others begin with 154, which no network has.
fn phone(seed: u64, number: u64) -> String {
    if number < 1000 {
        return format!("13800138{number:03}");
    }
    // The factor shares no divisor with 10^8, so that two people never get the same number.
    let digits = (number.wrapping_mul(48_271).wrapping_add(seed % 100_000_000)) % 100_000_000;
    format!("154{digits:08}")
}

fn letters(mut chance: u64, count: usize) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = String::with_capacity(count);
    for place in 0..count {
        if place % 10 == 9 {
            chance = mix(chance, 31);
        }
        let letter = ALPHABET.get(usize::try_from(chance % 62).unwrap_or(0)).copied().unwrap_or(b'0');
        text.push(char::from(letter));
        chance = (chance / 62) ^ (chance << 40);
    }
    text
}

/// A token: letters that tell nothing.
pub(crate) fn secret(chance: u64, length: usize) -> String {
    letters(chance, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn text(people: &People, place: u32, sample: &str) -> String {
        people.attribute(people.at(place).unwrap(), sample, "acme", "f").unwrap().as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_same_seed_makes_the_same_people_and_another_others() {
        let (a, b, c) = (People::new(1, 50, vec![]), People::new(1, 50, vec![]), People::new(2, 50, vec![]));
        assert_eq!(a.customer(a.at(7).unwrap()), b.customer(b.at(7).unwrap()));
        assert_ne!(text(&a, 7, "union_id"), text(&c, 7, "union_id"));
        assert_eq!(text(&a, 0, "phone"), "13800138000");
    }

    #[test]
    fn nobody_shares_a_key_and_all_are_in_order() {
        let people = People::new(9, 20_000, vec![]);
        for sample in ["phone", "union_id", "id", "open_id", "email"] {
            let values: HashSet<String> = people.order().iter().map(|place| text(&people, *place, sample)).collect();
            assert_eq!(values.len(), 20_000, "{sample}");
        }
        assert!(people.all.windows(2).all(|pair| pair[0].created <= pair[1].created));
    }

    #[test]
    fn a_person_has_another_id_at_another_vendor_but_the_same_phone() {
        let people = People::new(1, 3, vec![]);
        let person = people.at(1).unwrap();
        assert_ne!(people.attribute(person, "id", "acme", "x"), people.attribute(person, "id", "other", "x"));
        assert_eq!(people.attribute(person, "phone", "acme", "x"), people.attribute(person, "phone", "other", "y"));
    }

    #[test]
    fn ranges_are_found_by_date() {
        let people = People::new(1, 1000, vec![]);
        let (first, last) = clock::seconds_of("2022-06-01").map(|(a, _)| (a, a + 86_400 * 30)).unwrap();
        let range = people.came_between(first, last);
        let slow = people.all.iter().filter(|person| (first..=last).contains(&person.created)).count();
        assert_eq!(range.len(), slow);
        assert!(people.came_between(5, 1).is_empty());
    }

    #[test]
    fn added_people_stand_where_their_date_says_and_removed_ones_keep_their_place() {
        let mut people = People::new(1, 10, vec![]);
        people.add(vec![Customer::new().with("name", "早到"), Customer::new().with("created_at", "2020-01-01 00:00:00")], LAST + 5);
        assert_eq!(people.order().len(), 12);
        assert_eq!(people.at(0).unwrap().created, 1_577_808_000);
        assert_eq!(text(&people, 11, "name"), "早到");
        assert_eq!(people.remove(|_, person| person.number < 3), 3);
        assert_eq!(people.order().len(), 9);
        assert!(!people.is_live(1) && people.is_live(0));
        assert_eq!(people.at(1).unwrap().number, 0);
    }
}
