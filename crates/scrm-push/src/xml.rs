//! XML as a small tree: elements and texts. No entities but the five of XML, no document types; depth and number of elements are bounded.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};

/// Elements inside of each other.
const DEEPEST: usize = 32;
/// Elements of one document.
const MOST: usize = 20_000;

/// An element. Attributes are no part of what vendors send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Its own text, trimmed where there are children beside.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The last child of this name: of a repeated key of the envelope, the last counts.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().rev().find(|child| child.name == name)
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty() && self.text.is_empty()
    }
}

/// Reads a document, or the elements of one whose root is missing: the result's children are then these.
pub(crate) fn read(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut count = 0;
    loop {
        let event = reader.read_event().map_err(|error| format!("is no XML at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(start) => {
                count += 1;
                if open.len() > DEEPEST || count > MOST {
                    return Err(format!("is nested deeper than {DEEPEST} levels, or has more than {MOST} elements"));
                }
                open.push(Element { name: local(start.name().as_ref()), ..Element::default() });
            }
            Event::Empty(start) => {
                count += 1;
                if count > MOST {
                    return Err(format!("has more than {MOST} elements"));
                }
                add(&mut open, Element { name: local(start.name().as_ref()), ..Element::default() });
            }
            Event::End(_) => {
                if let Some(mut closed) = open.pop() {
                    if !closed.children.is_empty() {
                        closed.text.clear();
                    }
                    add(&mut open, closed);
                }
            }
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => push(&mut open, &resolved(&reference)),
            Event::DocType(_) => return Err("has a document type, which nobody needs to send".to_owned()),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let mut elements = open.into_iter();
    let top = elements.next().unwrap_or_default();
    if elements.next().is_some() {
        return Err("ends too early".to_owned());
    }
    if top.children.is_empty() {
        return Err("has no element".to_owned());
    }
    Ok(top)
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn add(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn push(open: &mut [Element], text: &str) {
    // Text beside elements is a remark; without a root, it is white space.
    if let [_, .., parent] = open
        && parent.children.is_empty()
    {
        parent.text.push_str(text);
    }
}

/// The character that a reference stands for. Others than XML's five are not looked up anywhere: they stay as they are written.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Cow<'static, str> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Cow::Owned(letter.to_string());
    }
    let name: &str = reference;
    match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_elements() {
        let top = read("<?xml version=\"1.0\"?><doc><a>x &amp; &#x4F60; <![CDATA[<y>]]></a><b/> # a remark <c> </c></doc>").unwrap();
        let doc = top.child("doc").unwrap();
        assert_eq!(doc.child("a").unwrap().text, "x & 你 <y>");
        assert!(doc.child("b").unwrap().is_empty());
        assert_eq!((doc.child("c").unwrap().text.as_str(), doc.text.as_str()), (" ", ""));
        let rootless = read("<type>x</type>\n<id>1</id>").unwrap();
        assert_eq!(rootless.children.len(), 2);
    }

    #[test]
    fn nothing_is_looked_up_or_blown_up() {
        let bomb = "<!DOCTYPE doc [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><doc>&a;&b;</doc>";
        assert!(read(bomb).unwrap_err().contains("document type"));
        assert_eq!(read("<doc>&a;&b;</doc>").unwrap().children[0].text, "&a;&b;");
        assert!(read(&"<a>".repeat(100_000)).unwrap_err().contains("deeper"));
        assert!(read(&"<a/>".repeat(100_000)).unwrap_err().contains("elements"));
        for broken in ["", "  ", "text", "<a>", "<a></b>", "</a>", "<a", "&", "<a>&#0;</a", "{\"a\":1}"] {
            assert!(read(broken).is_err(), "{broken}");
        }
    }
}
