//! A page as numbered lines, with one spelling for every punctuation mark and blank.

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: usize,
    /// Leading blanks kept, trailing ones dropped.
    pub(crate) text: String,
}

impl Line {
    pub(crate) fn trimmed(&self) -> &str {
        self.text.trim()
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// The lines of a text.
#[cfg(test)]
pub(crate) fn lines(text: &str) -> Vec<Line> {
    text.lines().zip(1..).map(|(text, number)| Line { number, text: plain(text).replace('\t', " ") }).collect()
}

/// Full-width signs become the usual ones, every blank but a tab becomes a space, entities become what they stand for.
pub(crate) fn plain(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\r'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' => ' ',
            other => other,
        })
        .collect();
    if plain.contains('&') {
        for (entity, sign) in
            [("&emsp;", "  "), ("&ensp;", " "), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        {
            plain = plain.replace(entity, sign);
        }
    }
    if plain.contains("<br") {
        plain = plain.replace("<br>", " ").replace("<br/>", " ").replace("<br />", " ");
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_every_sign() {
        let read = lines("\u{feff}\u{8bf4}\u{ff1a}\u{ff08}1\u{ff0c}2\u{ff09}\u{3000}\r\n&emsp;a&nbsp;&lt;b&gt;<br>c\t");
        assert_eq!(read.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["\u{8bf4}:(1,2)", "  a <b> c"]);
        assert_eq!(read.last().unwrap().number, 2);
    }
}
