//! From offsets to JSON pointers.

use super::{Scan, Scanned};

/// The JSON pointers of the innermost values (or keys) that hold these offsets, which must rise.
///
/// In a text that is not JSON the walk ends at its error: what was found up to there stands for all offsets beyond.
pub(crate) fn paths(text: &str, offsets: &[usize]) -> Vec<String> {
    let mut walk = Walk { scan: Scan::new(text), path: String::new(), offsets, found: Vec::with_capacity(offsets.len()) };
    // an error leaves the path where it happened
    let _ = walk.value();
    let rest = walk.path;
    walk.found.resize(offsets.len(), rest);
    walk.found
}

struct Walk<'t, 'o> {
    scan: Scan<'t>,
    path: String,
    offsets: &'o [usize],
    found: Vec<String>,
}

impl Walk<'_, '_> {
    /// All offsets up to here that are not yet answered lie in the value at the present path.
    fn answer(&mut self, up_to: usize) {
        while self.offsets.get(self.found.len()).is_some_and(|offset| *offset < up_to) {
            self.found.push(self.path.clone());
        }
    }

    fn value(&mut self) -> Scanned<()> {
        let open = self.scan.peek();
        let close = match open {
            b'{' => b'}',
            b'[' => b']',
            _ => {
                self.scan.skip()?;
                self.answer(self.scan.at());
                return Ok(());
            }
        };
        self.scan.open()?;
        let (mut more, mut row) = (self.scan.first(close)?, 0usize);
        while more {
            self.scan.peek();
            self.answer(self.scan.at());
            let length = self.path.len();
            if open == b'{' {
                let key = self.scan.key()?.replace('~', "~0").replace('/', "~1");
                self.path.push('/');
                self.path.push_str(&key);
            } else {
                self.path.push('/');
                self.path.push_str(&row.to_string());
            }
            self.value()?;
            self.path.truncate(length);
            row += 1;
            more = self.scan.next(close)?;
        }
        self.answer(self.scan.at());
        Ok(())
    }
}
