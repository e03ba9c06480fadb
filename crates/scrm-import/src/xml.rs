//! Examples in XML: which elements stand where. What they hold says nothing about their type, since XML knows only text.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::sample::{Sample, SampleValue};

/// Deeper than this is no example.
const DEEPEST: usize = 40;

/// Whether a text begins with an element of XML.
pub(crate) fn shows(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("<?xml")
        || (text.starts_with('<') && text.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic())))
}

/// One element while it is open.
struct Open {
    name: String,
    line: usize,
    members: Vec<(String, Sample)>,
}

/// The members of the outermost element. The second value is false when the text ends before the element does, or is broken.
pub(crate) fn read(text: &str, line: usize) -> Option<(Sample, bool)> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut done: Option<Sample> = None;
    let mut whole = true;
    let (mut at, mut counted) = (line, 0);
    loop {
        let position = usize::try_from(reader.buffer_position()).unwrap_or(counted);
        at += text.as_bytes().get(counted..position).map_or(0, |passed| passed.iter().filter(|byte| **byte == b'\n').count());
        counted = position.max(counted);
        match reader.read_event() {
            Ok(Event::Start(element)) if open.len() < DEEPEST => {
                let name = element.local_name().as_ref().to_owned();
                open.push(Open { name, line: at, members: Vec::new() });
            }
            Ok(Event::Empty(element)) => {
                let name = element.local_name().as_ref().to_owned();
                if let Some(above) = open.last_mut() {
                    add(&mut above.members, name, Sample { value: SampleValue::Placeholder, line: at });
                }
            }
            Ok(Event::End(_)) => {
                let Some(closed) = open.pop() else { break };
                let sample = closed_sample(closed.members, closed.line);
                match open.last_mut() {
                    Some(above) => add(&mut above.members, closed.name, sample),
                    None => {
                        done = Some(sample);
                        break;
                    }
                }
            }
            Ok(Event::Eof) | Err(_) | Ok(Event::Start(_)) => {
                whole = false;
                break;
            }
            Ok(_) => {}
        }
    }
    while let Some(left) = open.pop() {
        let sample = closed_sample(left.members, left.line);
        match open.last_mut() {
            Some(above) => add(&mut above.members, left.name, sample),
            None => done = Some(sample),
        }
    }
    done.filter(|sample| matches!(&sample.value, SampleValue::Object(members) if !members.is_empty())).map(|sample| (sample, whole))
}

fn closed_sample(members: Vec<(String, Sample)>, line: usize) -> Sample {
    let value = if members.is_empty() { SampleValue::Placeholder } else { SampleValue::Object(members) };
    Sample { value, line }
}

/// An element that comes again makes a list.
fn add(members: &mut Vec<(String, Sample)>, name: String, sample: Sample) {
    let known = members.last_mut().filter(|(known, _)| *known == name);
    match known {
        None => members.push((name, sample)),
        Some((_, before)) => match &mut before.value {
            SampleValue::List(items) => items.push(sample),
            _ => {
                let first = std::mem::replace(before, Sample { value: SampleValue::Placeholder, line: sample.line });
                before.line = first.line;
                before.value = SampleValue::List(vec![first, sample]);
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_members() {
        let (sample, whole) = read("<doc>\n<type>a</type>\n<xe_data><id>1</id><tags>x</tags><tags>y</tags></xe_data>\n</doc>", 5).unwrap();
        assert_eq!(sample.to_json().to_string(), r#"{"type":null,"xe_data":{"id":null,"tags":[null,null]}}"#);
        assert!(whole);
    }

    #[test]
    fn a_broken_example_is_read_as_far_as_it_goes() {
        let (sample, whole) = read("<doc><type>a</type><xe_data><id>1</id>", 1).unwrap();
        assert_eq!(sample.to_json().to_string(), r#"{"type":null,"xe_data":{"id":null}}"#);
        assert!(!whole);
        assert!(read("no element", 1).is_none());
    }
}
