//! One call from its parameters to its answer, in the order in which a vendor's gateway would look at it.

use serde_json::{Map, Value, json};

use scrm_schema::model::{Access, Action, Filling, Operation, Signature, Situation, Token, Type, Vendor};

use crate::{
    chance::hash,
    check::{Wrong, check},
    control::MOST_ADDED,
    failure,
    faults::Fault,
    fill::{Filler, plain},
    people::{Customer, Person, identifies},
    quota::Verdict,
    records,
    request::{Incoming, Parameters},
    response::Answerer,
    row_texts::Writer,
    select::{Page, Selector, filled},
    signed::Signed,
    tokens::TokenRule,
    windows,
    world::{Target, World},
};

/// An answer and what is recorded of it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) body: Value,
    /// The whole body as text, where it was written at once; its rows are then not in `body`.
    pub(crate) text: Option<Vec<u8>>,
    pub(crate) shop: Option<usize>,
    pub(crate) parameters: Value,
    pub(crate) unverified: bool,
    /// JSON pointer of the rows, for faults that strike rows.
    pub(crate) rows: Option<String>,
}

struct Call<'a> {
    world: &'a World,
    target: Target,
    vendor: &'a Vendor,
    operation: &'a Operation,
    incoming: &'a Incoming,
    struck: &'a [Fault],
    shop: Option<usize>,
    unverified: bool,
    text: Option<Vec<u8>>,
}

/// Why a call fails.
pub(crate) struct Failed {
    situation: Situation,
    parameter: String,
    reason: String,
}

impl Failed {
    pub(crate) fn new(situation: Situation, reason: impl Into<String>) -> Self {
        Self { situation, parameter: String::new(), reason: reason.into() }
    }
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        Self { situation: wrong.situation, parameter: wrong.field, reason: wrong.reason }
    }
}

/// Answers a call of a known operation; `None` only if the target is none of the tree's.
pub(crate) fn answer(world: &World, target: Target, incoming: &Incoming, struck: &[Fault]) -> Option<Answer> {
    let (vendor, operation) = world.operation(target)?;
    let mut call = Call { world, target, vendor, operation, incoming, struck, shop: None, unverified: false, text: None };
    let read = incoming.parameters(operation);
    let parameters = read.as_ref().map_or(Value::Null, |parameters| records::masked(operation, parameters));
    let body = match call.run(read) {
        Ok(body) => body,
        Err(failed) => failure::body(vendor, Some(operation), failed.situation, &failed.parameter, &failed.reason),
    };
    let rows = world.rows(target).filter(|rows| !rows.single).map(|rows| rows.pointer.clone());
    Some(Answer { body, text: call.text, shop: call.shop, parameters, unverified: call.unverified, rows })
}

/// Counts a call in its quota's window without answering it.
pub(crate) fn arrived(world: &World, target: Target, incoming: &Incoming) {
    let Some((vendor, operation)) = world.operation(target) else { return };
    let Ok(parameters) = incoming.parameters(operation) else { return };
    let mut call = Call { world, target, vendor, operation, incoming, struck: &[], shop: None, unverified: false, text: None };
    if let Ok(shop) = call.shop_of(&parameters) {
        call.shop = shop;
        // Whether it would have been refused does not matter here.
        call.quota().ok();
    }
}

impl Call<'_> {
    fn run(&mut self, read: Result<Parameters, String>) -> Result<Value, Failed> {
        let parameters = read.map_err(|reason| Failed::new(Situation::ParameterInvalid, reason))?;
        self.prepare();
        self.shop = self.shop_of(&parameters)?;
        self.permission()?;
        self.quota()?;
        for fault in self.struck {
            if let Fault::Code(situation) = fault {
                return Err(Failed::new(*situation, ""));
            }
        }
        let given = check(self.operation, &parameters)?;
        let issued = self.vendor.file.tokens.iter().find(|token| token.operation == self.operation.name);
        let token = issued.map(|token| self.issue(token, &given)).transpose()?;
        if let Some(body) = self.done_already(&given) {
            return Ok(body);
        }
        let about = self.about(&given);
        let body = self.success(&given, token, about)?;
        crate::pushes::follow(self.world, self.target.0, &self.operation.name, &given);
        Ok(body)
    }

    /// Faults that change the world before the call is looked at.
    fn prepare(&self) {
        for fault in self.struck {
            match fault {
                Fault::TokenExpired => self.world.tokens().expire(Some(self.target.0)),
                Fault::ClockStep { seconds } => self.world.clock.step(*seconds),
                Fault::RowsAdded { count } => {
                    let added = (0..(*count).min(MOST_ADDED)).map(|_| Customer::new()).collect();
                    let now = self.world.clock.wall_seconds();
                    self.world.people_mut().add(added, now);
                }
                Fault::RowsRemoved { count } => remove_some(self.world, *count),
                _ => {}
            }
        }
    }

    /// The shop that calls: by its token, or by its credentials where a token is fetched.
    fn shop_of(&self, parameters: &Parameters) -> Result<Option<usize>, Failed> {
        if let Some(signature) = self.operation.signature.as_ref().and_then(|name| self.vendor.file.signature(name)) {
            return self.signer(signature).map(Some);
        }
        let Some(kind) = &self.operation.token else {
            let issued = self.vendor.file.tokens.iter().find(|token| token.operation == self.operation.name);
            return Ok(
                issued.and_then(|token| self.shop_by_credentials(token, |name| parameters.get(name).map(|given| plain(&given.value))))
            );
        };
        let Some(token) = self.vendor.file.tokens.iter().find(|token| token.name == *kind) else { return Ok(None) };
        let Some(text) = self.incoming.at(token.place.place, &token.place.name, parameters) else {
            return Err(Failed::new(Situation::TokenMissing, format!("{} is required", token.place.name)));
        };
        let now = self.world.clock.wall_seconds();
        match self.world.tokens().shop(self.target.0, kind, &text, now) {
            Some(shop) => Ok(Some(shop)),
            None => Err(Failed::new(Situation::TokenInvalid, "")),
        }
    }

    /// The shop that signed the call.
    fn signer(&self, signature: &Signature) -> Result<usize, Failed> {
        let shops = self.world.shops.get(self.target.0).map(Vec::as_slice).unwrap_or_default();
        // A signature by hand is taken like a token by hand.
        let signed = Signed::read(signature, self.operation, self.incoming)?;
        if self.world.tokens().is_accepted(&signed.signature) {
            return Ok(0);
        }
        signed.fresh(signature, self.world.clock.wall_seconds())?;
        let signer = shops.iter().position(|shop| signed.is_by(signature, shop));
        signer.ok_or_else(|| Failed::new(Situation::SignatureInvalid, "the signature does not fit the parameters"))
    }

    fn shop_by_credentials(&self, token: &Token, given: impl Fn(&str) -> Option<String>) -> Option<usize> {
        let shops = self.world.shops.get(self.target.0)?;
        shops.iter().position(|shop| {
            token.parameters.iter().all(|(name, filling)| match filling {
                Filling::Credential(credential) => given(name).as_ref() == shop.get(credential),
                Filling::Constant(_) | Filling::Constants(_) => true,
            })
        })
    }

    fn permission(&self) -> Result<(), Failed> {
        if self.world.switches().forbidden.contains(&self.target) {
            let reason = self.operation.permission.clone().unwrap_or_default();
            return Err(Failed::new(Situation::PermissionMissing, reason));
        }
        Ok(())
    }

    fn quota(&self) -> Result<(), Failed> {
        let Some(shop) = self.shop else { return Ok(()) };
        let quota = self.world.quota(self.target);
        let enforced = !self.world.switches().no_quotas;
        let now = self.world.clock.elapsed_millis();
        let verdict = self.world.quotas().count(self.target.0, shop, self.target.1, quota, now);
        let reason = || quota.map_or_else(String::new, |quota| format!("{} calls in {} s", quota.calls, quota.seconds));
        match verdict {
            Verdict::Exceeded if enforced => Err(Failed::new(Situation::QuotaExceeded, reason())),
            Verdict::Burst if enforced => Err(Failed::new(Situation::Burst, reason())),
            _ => Ok(()),
        }
    }

    /// Hands out a token, if the credentials are right.
    fn issue(&self, token: &Token, given: &Map<String, Value>) -> Result<(String, i64), Failed> {
        let Some(shop) = self.shop else { return Err(self.wrong_credentials(token, given)) };
        let rule = self.world.switches().token_rules.get(&self.target.0).copied().unwrap_or_else(|| TokenRule::of(token));
        let now = self.world.clock.wall_seconds();
        let fetched = self.world.tokens().fetch(self.target.0, shop, &token.name, rule, now);
        self.world.records().token_given(&self.vendor.file.vendor);
        Ok(fetched)
    }

    /// Names the first parameter that no shop has.
    fn wrong_credentials(&self, token: &Token, given: &Map<String, Value>) -> Failed {
        let shops = self.world.shops.get(self.target.0).map(Vec::as_slice).unwrap_or_default();
        let wrong = token.parameters.iter().find_map(|(name, filling)| match filling {
            Filling::Credential(credential) => {
                let known = shops.iter().any(|shop| given.get(name).map(plain).as_ref() == shop.get(credential));
                (!known).then(|| name.clone())
            }
            Filling::Constant(_) | Filling::Constants(_) => None,
        });
        let parameter = wrong.unwrap_or_default();
        let reason =
            if parameter.is_empty() { "the credentials belong to different shops".to_owned() } else { format!("{parameter} is wrong") };
        Failed { situation: Situation::CredentialsWrong, parameter, reason }
    }

    /// The documented answer to a write that was done before.
    fn done_already(&self, given: &Map<String, Value>) -> Option<Value> {
        let rule = self.operation.errors.iter().find(|rule| rule.action == Action::DoneAlready)?;
        let what = format!("{} {:?} {}", self.operation.file, self.shop, Value::Object(given.clone()));
        if self.operation.access == Access::Read || !self.world.done_before(hash(&what)) {
            return None;
        }
        Some(failure::envelope(self.vendor, rule.code.as_ref()?, &rule.zh))
    }

    /// Whom a write is about: the person with the key that it gives, who joins now if there is none and the answer tells the id of one.
    fn about(&self, given: &Map<String, Value>) -> Option<u64> {
        if self.operation.access == Access::Read || self.world.rows(self.target).is_some() {
            return None;
        }
        let mut told: Vec<(&str, &Value)> = Vec::new();
        for (_, field, value) in filled(self.operation, given) {
            told.extend(field.sample.as_deref().filter(|_| !value.is_object() && !plain(value).is_empty()).map(|sample| (sample, value)));
        }
        let keys: Vec<(&str, String)> =
            told.iter().filter(|(sample, _)| identifies(sample)).map(|(sample, value)| (*sample, plain(value))).collect();
        if keys.is_empty() {
            return None;
        }
        let vendor = &self.vendor.file.vendor;
        let found = {
            let people = self.world.people();
            let known = |person: &Person, (sample, key): &(&str, String)| {
                people.attribute(person, sample, vendor, "").is_some_and(|value| plain(&value) == *key)
            };
            let mut all = people.order().iter().filter_map(|place| people.at(*place));
            all.find(|person| keys.iter().any(|key| known(person, key))).map(|person| person.number)
        };
        if found.is_some() || !self.tells_an_id() {
            return found;
        }
        let joining = told.into_iter().fold(Customer::new(), |joining, (sample, value)| joining.with(sample, value.clone()));
        let now = self.world.clock.wall_seconds();
        let mut people = self.world.people_mut();
        people.add(vec![joining], now);
        people.newest()
    }

    fn tells_an_id(&self) -> bool {
        let Some(Type::Object(name)) = self.operation.data.as_ref().map(|data| &data.ty) else { return false };
        let object = self.operation.objects.get(name);
        object.is_some_and(|object| object.fields.iter().any(|field| field.sample.as_deref() == Some("id")))
    }

    /// `about`: the number of the person whom it is about.
    fn success(&mut self, given: &Map<String, Value>, token: Option<(String, i64)>, about: Option<u64>) -> Result<Value, Failed> {
        let nothing = Default::default();
        let shops = self.world.shops.get(self.target.0).map(Vec::as_slice).unwrap_or_default();
        let credentials = shops.get(self.shop.unwrap_or(0)).unwrap_or(&nothing);
        self.unverified = undocumented(self.operation, given);
        let (newest_first, php) = {
            let switches = self.world.switches();
            (switches.newest_first, switches.php_answers)
        };
        let people = self.world.people();
        let filler = Filler { vendor: self.vendor, operation: self.operation, people: &people, credentials, bare: self.unverified };
        let rows = self.world.rows(self.target);
        let page = match rows {
            Some(rows) => {
                let given = windows::understood(self.operation, given.clone(), self.world.clock.wall_seconds());
                Some(Selector { filler: &filler, memory: &self.world.memory, rows, newest_first }.page(&given)?)
            }
            None => None,
        };
        let page = page.map(|page| self.shown(page));
        let about = about.and_then(|number| people.place(number)).or_else(|| people.order().first().copied());
        let first = about.and_then(|place| people.at(place)).cloned().unwrap_or_else(Person::nobody);
        // Faults and PHP's ways change values, so that these must be values first.
        let plain = self.struck.is_empty() && !php;
        let writer = Writer::new(&self.world.row_texts, (self.target, self.shop.unwrap_or(0), self.unverified));
        let answerer = Answerer { filler: &filler, rows, page: page.as_ref(), person: &first, php, writer: plain.then_some(&writer) };
        let mut body = answerer.body();
        let kind = self.vendor.file.tokens.iter().find(|kind| kind.operation == self.operation.name);
        if let (Some(kind), Some((text, left))) = (kind, token) {
            put(&mut body, &kind.value, json!(text));
            if let Some(pointer) = &kind.expires_in {
                put(&mut body, pointer, json!(left));
            }
        }
        if plain {
            self.text = Some(writer.body(&body));
        }
        Ok(body)
    }

    /// The page that is shown: the one before again, if that fault struck.
    fn shown(&self, mut page: Page) -> Page {
        let before = self.world.show(self.target, self.shop.unwrap_or(0), page.places.clone());
        if let Some(before) = before
            && self.struck.contains(&Fault::RepeatedPage)
        {
            page.places.clone_from(&before);
            self.world.show(self.target, self.shop.unwrap_or(0), before);
        }
        page
    }
}

/// Whether the answer to these parameters is documented nowhere.
fn undocumented(operation: &Operation, given: &Map<String, Value>) -> bool {
    operation.request.fields.iter().any(|field| {
        let value = given.get(&field.name);
        !field.documented_for.is_empty() && value.is_some_and(|value| !field.documented_for.contains(value))
    })
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
        return;
    }
    if let Some((above, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(map)) = body.pointer_mut(above)
    {
        map.insert(name.to_owned(), value);
    }
}

/// Removes so many people, spread over all of them by the seed.
pub(crate) fn remove_some(world: &World, count: u32) {
    let mut people = world.people_mut();
    let (all, seed) = (people.order().len() as u64, world.seed ^ people.version());
    let mut numbers = std::collections::HashSet::new();
    for drawn in 0..u64::from(count).min(all) {
        let place = crate::chance::below(crate::chance::mix(seed, drawn), all);
        if let Some(person) = usize::try_from(place).ok().and_then(|place| people.order().get(place)).and_then(|place| people.at(*place)) {
            numbers.insert(person.number);
        }
    }
    people.remove(|_, person| numbers.contains(&person.number));
}
