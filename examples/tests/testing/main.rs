//! "Testing your own code": what `docs/testing.md` shows compiles and holds.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod canned;
mod fake;
mod values;
mod vendors_in_a_box;

/// The code blocks of the page are the files beside this one, without their first lines.
#[test]
fn the_page_shows_these_files() {
    let page = include_str!("../../../docs/testing.md").replace("\r\n", "\n");
    let mut blocks = page.split("```rust\n").skip(1).map(|block| block.split("```").next().unwrap_or_default());
    let files = [include_str!("values.rs"), include_str!("fake.rs"), include_str!("canned.rs"), include_str!("vendors_in_a_box.rs")];
    for file in files {
        let file = file.replace("\r\n", "\n");
        let (_, code) = file.split_once("\n\n").unwrap();
        assert_eq!(blocks.next(), Some(code));
    }
    assert_eq!(blocks.next(), None);
}
