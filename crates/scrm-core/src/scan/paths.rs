//! From offsets to JSON pointers.

use super::{Damage, Scan, Scanned};

/// Longest pointer that is told, in bytes; what is longer is cut. A hostile answer may nest long keys, and have many places to tell.
const LONGEST: usize = 1024;

/// What one walk over a text finds.
pub(crate) struct Paths {
    /// The JSON pointers of the innermost values (or keys) that hold the offsets asked for.
    pub(crate) found: Vec<String>,
    /// Where something was forgiven, in wire order: offset, pointer, and what.
    pub(crate) damaged: Vec<(usize, String, Damage)>,
    /// How many more of those there are.
    pub(crate) left_out: u64,
}

/// Walks over the text of a scanner. The offsets must rise; `most`: of damaged places.
///
/// In a text that is not JSON the walk ends at its error: what was found up to there stands for all offsets beyond.
pub(crate) fn paths(scan: Scan<'_>, offsets: &[usize], most: usize) -> Paths {
    let paths = Paths { found: Vec::with_capacity(offsets.len()), damaged: Vec::new(), left_out: 0 };
    let mut walk = Walk { scan, path: String::new(), offsets, most, paths };
    // an error leaves the path where it happened
    let _ = walk.value();
    let rest = cut(&walk.path);
    walk.paths.found.resize(offsets.len(), rest);
    walk.paths
}

fn cut(path: &str) -> String {
    let short = super::cut(path, LONGEST);
    if short.len() < path.len() { format!("{short}…") } else { short.to_owned() }
}

struct Walk<'t, 'o> {
    scan: Scan<'t>,
    path: String,
    offsets: &'o [usize],
    most: usize,
    paths: Paths,
}

impl Walk<'_, '_> {
    /// All offsets up to here that are not yet answered lie in the value at the present path.
    fn answer(&mut self, up_to: usize) {
        while self.offsets.get(self.paths.found.len()).is_some_and(|offset| *offset < up_to) {
            self.paths.found.push(cut(&self.path));
        }
    }

    /// What was forgiven in the string that was just taken.
    fn damage(&mut self, at: usize) {
        let damage = std::mem::replace(&mut self.scan.forgiven, Damage::NONE);
        if damage == Damage::NONE {
            return;
        }
        if self.paths.damaged.len() < self.most {
            self.paths.damaged.push((at, cut(&self.path), damage));
        } else {
            self.paths.left_out += 1;
        }
    }

    fn value(&mut self) -> Scanned<()> {
        let open = self.scan.peek();
        let close = match open {
            b'{' => b'}',
            b'[' => b']',
            _ => {
                let at = self.scan.at();
                self.scan.skip()?;
                self.damage(at);
                self.answer(self.scan.at());
                return Ok(());
            }
        };
        self.scan.open()?;
        let (mut more, mut row) = (self.scan.first(close)?, 0usize);
        while more {
            self.scan.peek();
            let at = self.scan.at();
            self.answer(at);
            let length = self.path.len();
            if open == b'{' {
                let key = self.scan.key()?;
                self.path.push('/');
                if key.contains(['~', '/']) {
                    self.path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                } else {
                    self.path.push_str(key);
                }
                self.damage(at);
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
