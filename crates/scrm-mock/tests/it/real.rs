//! The schema files that are built in: every operation is answered, whatever vendors there are.

use reqwest::Client;
use scrm_mock::{Mock, Record};
use scrm_schema::model::{BodyKind, Filling, Method, Operation, Place, Tree, Type, Vendor};
use serde_json::{Map, Value, json};
use std::path::Path;

fn tree() -> Tree {
    scrm_schema::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap()
}

struct Caller<'a> {
    mock: &'a Mock,
    vendor: &'a Vendor,
    http: Client,
}

impl Caller<'_> {
    async fn call(&self, operation: &Operation, fields: &Map<String, Value>) -> Value {
        let mut fields = fields.clone();
        let mut query: Vec<(String, String)> = Vec::new();
        let mut header = None;
        if let Some(kind) = &operation.token {
            let token = self.vendor.file.tokens.iter().find(|token| token.name == *kind).unwrap();
            let text = self.token(&token.operation).await;
            match token.place.place {
                Place::Body => drop(fields.insert(token.place.name.clone(), json!(text))),
                Place::Query => query.push((token.place.name.clone(), text)),
                Place::Header => header = Some((token.place.name.clone(), text)),
            }
        }
        let url = format!("{}{}", self.mock.base_url(&self.vendor.file.vendor), operation.path);
        let mut call = match operation.method {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
            Method::Put => self.http.put(url),
            Method::Delete => self.http.delete(url),
        };
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let texts: Vec<(String, String)> = fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
        call = match operation.body {
            BodyKind::Query => call.query(&texts),
            BodyKind::Json => call.json(&fields),
            BodyKind::Form => call.form(&texts),
            BodyKind::Multipart => {
                call.multipart(texts.into_iter().fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value)))
            }
        };
        if let Some((name, value)) = header {
            call = call.header(name, value);
        }
        call.query(&query).send().await.unwrap().json().await.unwrap()
    }

    async fn token(&self, operation: &str) -> String {
        let operation = self.vendor.operations.iter().find(|known| known.name == operation).unwrap();
        let token = self.vendor.file.tokens.iter().find(|token| token.operation == operation.name).unwrap();
        let credentials = self.mock.credentials(&self.vendor.file.vendor);
        let given = token.parameters.iter().map(|(name, filling)| {
            let value = match filling {
                Filling::Credential(credential) => credentials[credential].clone(),
                Filling::Constant(text) => text.clone(),
                Filling::Constants(texts) => texts.join(","),
            };
            (name.clone(), json!(value))
        });
        let answer = Box::pin(self.call(operation, &given.collect())).await;
        answer.pointer(&token.value).and_then(Value::as_str).unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// Whether a value has the schema's shape; says where it has not.
fn fits(operation: &Operation, ty: &Type, value: &Value, at: &str) -> Result<(), String> {
    let wrong = || Err(format!("{at}: {value} is no {ty:?}"));
    match (ty, value) {
        (Type::Object(name), Value::Object(map)) => {
            for field in &operation.objects[name].fields {
                match map.get(&field.name) {
                    None if field.required => return Err(format!("{at}/{}: is left out", field.name)),
                    None => {}
                    Some(Value::Null) if field.nullable => {}
                    Some(_) if !matches!(field.wire, scrm_schema::model::Wire::Plain) => {}
                    Some(value) => fits(operation, &field.ty, value, &format!("{at}/{}", field.name))?,
                }
            }
            Ok(())
        }
        (Type::List(item), Value::Array(items)) => items.iter().try_for_each(|value| fits(operation, item, value, at)),
        (Type::Map(item), Value::Object(map)) => map.values().try_for_each(|value| fits(operation, item, value, at)),
        (Type::Enum(name), _) if operation.enums[name].values.iter().any(|listed| listed.value == *value) => Ok(()),
        (Type::Text, Value::String(_)) | (Type::Boolean, Value::Bool(_)) | (Type::Any, _) => Ok(()),
        (Type::Integer, Value::Number(number)) if number.is_i64() => Ok(()),
        (Type::Number, Value::Number(_)) => Ok(()),
        _ => wrong(),
    }
}

/// Every documented example request gets an answer of the documented shape, with only the token filled in.
#[tokio::test]
async fn every_example_request_is_answered_in_shape() {
    let mock = Mock::start().await;
    let tree = tree();
    let mut answered = 0;
    for vendor in &tree.vendors {
        let caller = Caller { mock: &mock, vendor, http: Client::new() };
        for operation in &vendor.operations {
            let issues_tokens = vendor.file.tokens.iter().any(|token| token.operation == operation.name);
            for example in operation.examples.iter().filter(|_| !issues_tokens) {
                let Some(Value::Object(request)) = &example.request else { continue };
                let answer = caller.call(operation, request).await;
                assert!(vendor.file.envelope.success.contains(&answer[&vendor.file.envelope.code]), "{}: {answer}", operation.file);
                let bare = mock.requests().last().is_some_and(|record: &Record| record.unverified);
                if let Some(data) = operation.data.as_ref().filter(|_| !bare) {
                    fits(operation, &data.ty, &answer[&vendor.file.envelope.data], &operation.file).unwrap();
                }
                answered += 1;
            }
            if issues_tokens {
                assert!(!caller.token(&operation.name).await.is_empty());
                answered += 1;
            }
        }
    }
    assert!(answered >= tree.vendors.iter().map(|vendor| vendor.operations.len()).sum::<usize>(), "{answered}");
}

/// The same person is found by phone at every vendor that can look for phones.
#[tokio::test]
async fn a_phone_finds_the_same_person_everywhere() {
    let mock = Mock::start().await;
    let tree = tree();
    let phone = "13800138007";
    let mut found = 0;
    for vendor in &tree.vendors {
        let caller = Caller { mock: &mock, vendor, http: Client::new() };
        for operation in &vendor.operations {
            let Some(customer) = &operation.customer else { continue };
            let Some(find) = customer.find.get(&scrm_schema::model::CustomerKey::Phone) else { continue };
            let mut request = Map::new();
            request.insert(find.parameter.clone(), json!(phone));
            for (name, filling) in &customer.with {
                request.insert(
                    name.clone(),
                    json!(match filling {
                        Filling::Constant(text) => text.clone(),
                        Filling::Constants(texts) => texts.join(","),
                        Filling::Credential(_) => "someone".to_owned(),
                    }),
                );
            }
            if let Some(paging) = &operation.paging {
                request.extend([&paging.page, &paging.size].into_iter().flatten().map(|name| (name.clone(), json!(1))));
            }
            let answer = caller.call(operation, &request).await;
            assert!(answer.to_string().contains(phone), "{}: {answer}", operation.file);
            found += 1;
        }
    }
    assert!(found >= 3, "{found}");
}
