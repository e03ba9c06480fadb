//! Which page holds a place in a list.

/// Smaller pages cannot overlap everywhere: at some places pages of all sizes end.
pub(super) const LEAST_OVERLAPPING: u64 = 8;

/// What does not change during the walk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    /// Number of the first page.
    pub(super) first: i64,
    /// Rows on a page; `None`: the vendor's business.
    pub(super) size: Option<u64>,
    /// The vendor gives no row beyond this one.
    pub(super) cap: Option<u64>,
    /// Whether each page must hold the last row of the one before.
    pub(super) overlap: bool,
    pub(super) range: Option<(String, String)>,
    /// What is walked through, for people; empty: the whole list.
    pub(super) label: String,
}

impl Way {
    pub(super) fn number(&self, window: Window) -> i64 {
        self.first.saturating_add_unsigned(window.index)
    }
}

/// A page: rows from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) index: u64,
    pub(super) size: u64,
}

impl Window {
    /// The page of this size that begins at a place, or holds it.
    pub(super) fn at(position: u64, size: u64) -> Self {
        let size = size.max(1);
        Window { index: position / size, size }
    }

    /// Of all pages up to this size that hold the row in front of a place, the one that reaches furthest. Where none reaches beyond the place (all sizes divide
    /// it: none below 840, and none in practice on pages of 20), the page that begins there.
    pub(super) fn overlapping(position: u64, plain: u64) -> Self {
        let around = |size: u64| Window::at(position.saturating_sub(1), size);
        let mut best = around(plain);
        for size in (2..plain).rev() {
            if around(size).end() > best.end() {
                best = around(size);
            }
        }
        if best.end() > position { best } else { Window::at(position, plain) }
    }

    pub(super) fn start(self) -> u64 {
        self.index.saturating_mul(self.size)
    }

    pub(super) fn end(self) -> u64 {
        self.start().saturating_add(self.size)
    }
}
