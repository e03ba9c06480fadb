//! Ranges of days, and their halves.

use crate::{
    spec::TimeFormat,
    time::{self, Day},
};

/// The first day that is asked for where the request names none: no vendor is older.
const EARLIEST: &str = "1990-01-01";

/// Days beyond today that are asked for where the request names no end: clocks differ.
const MARGIN: i64 = 2;

/// One end of a range.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) day: Day,
    /// As it is sent.
    pub(super) text: String,
}

impl Bound {
    fn of(day: Day, format: TimeFormat) -> Self {
        Bound { day, text: time::write(format, day.start()) }
    }

    pub(super) fn read(text: &str, format: TimeFormat) -> Option<Self> {
        let moment = match format {
            TimeFormat::Month => return None,
            _ => time::parse(format, text)?,
        };
        Some(Bound { day: Day::of(moment), text: text.to_owned() })
    }
}

/// From one bound to another, both sent as they are; whether the last day belongs to it is the vendor's secret.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) from: Bound,
    pub(super) to: Bound,
    /// Its rows, if they were counted.
    pub(super) total: Option<u64>,
}

impl Piece {
    /// The range of the request; where it is open, from the earliest day to the day after tomorrow.
    pub(super) fn all(range: (Option<&str>, Option<&str>), format: TimeFormat, today: Day) -> Option<Self> {
        let from = match range.0.filter(|text| !text.is_empty()) {
            Some(text) => Bound::read(text, format)?,
            None => Bound::of(Day::parse(EARLIEST)?, format),
        };
        let to = match range.1.filter(|text| !text.is_empty()) {
            Some(text) => Bound::read(text, format)?,
            None => Bound::of(today.plus(MARGIN)?, format),
        };
        (from.day <= to.day && format != TimeFormat::Month).then_some(Piece { from, to, total: None })
    }

    pub(super) fn range(&self) -> (String, String) {
        (self.from.text.clone(), self.to.text.clone())
    }

    /// Two pieces that share a day; of two neighbouring days, each on its own. `None`: a single day. `cut`: rows can appear only behind it, so it is the first
    /// place to cut at.
    pub(super) fn halves(&self, format: TimeFormat, cut: Day) -> Option<(Piece, Piece)> {
        let days = self.from.day.days_until(self.to.day);
        let piece = |from: &Bound, to: &Bound| Piece { from: from.clone(), to: to.clone(), total: None };
        match days {
            ..=0 => None,
            1 if format == TimeFormat::Date => Some((piece(&self.from, &self.from), piece(&self.to, &self.to))),
            1 => None,
            _ => {
                let inside = self.from.day < cut && cut < self.to.day;
                let middle = if inside { cut } else { self.from.day.midpoint(self.to.day) };
                let middle = Bound::of(middle, format);
                Some((piece(&self.from, &middle), piece(&middle, &self.to)))
            }
        }
    }

    /// Its last two days: what the next piece may share with it.
    pub(super) fn tail(&self, format: TimeFormat) -> Option<Piece> {
        let before = Bound::of(self.to.day.plus(-1)?, format);
        let from = if before.day > self.from.day { before } else { self.from.clone() };
        Some(Piece { from, to: self.to.clone(), total: None })
    }

    /// Two days before it, of which no row belongs to it.
    pub(super) fn before(&self, format: TimeFormat) -> Option<Piece> {
        let bound = |days: i64| self.from.day.plus(days).map(|day| Bound::of(day, format));
        Some(Piece { from: bound(-2)?, to: bound(-1)?, total: None })
    }

    pub(super) fn label(&self) -> String {
        if self.from.day.days_until(self.to.day) <= 1 {
            format!("the day {}", self.from.day)
        } else {
            format!("{} to {}", self.from.day, self.to.day)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> Day {
        Day::parse("2020-01-01").unwrap().plus(number).unwrap()
    }

    fn all_halves(piece: Piece, cut: Day, found: &mut Vec<(i64, i64)>) {
        match piece.halves(TimeFormat::Date, cut) {
            Some((left, right)) => {
                all_halves(left, cut, found);
                all_halves(right, cut, found);
            }
            None => found.push((day(0).days_until(piece.from.day), day(0).days_until(piece.to.day))),
        }
    }

    #[test]
    fn an_open_range_goes_from_the_earliest_day_to_the_day_after_tomorrow() {
        let piece = Piece::all((None, Some("")), TimeFormat::Date, day(0)).unwrap();
        assert_eq!(piece.range(), ("1990-01-01".into(), "2020-01-03".into()));
        let piece = Piece::all((Some("2019-05-01 12:00:00"), None), TimeFormat::DateTime, day(0)).unwrap();
        assert_eq!(piece.range(), ("2019-05-01 12:00:00".into(), "2020-01-03 00:00:00".into()));
        assert_eq!(Piece::all((Some("x"), None), TimeFormat::Date, day(0)), None);
        assert_eq!(Piece::all((Some("2020-05-01"), None), TimeFormat::Date, day(0)), None);
    }

    #[test]
    fn the_first_cut_parts_what_can_grow_from_what_cannot() {
        let piece = Piece::all((Some("2019-01-01"), None), TimeFormat::Date, day(0)).unwrap();
        let (left, right) = piece.halves(TimeFormat::Date, day(-2)).unwrap();
        assert_eq!((left.to.text.as_str(), right.from.text.as_str()), ("2019-12-30", "2019-12-30"));
    }

    proptest! {
        /// Whether ends are inclusive or not, no day falls between the pieces.
        #[test]
        fn halves_cover_every_day(length in 0i64..200, cut in -5i64..205) {
            let piece = Piece { from: Bound::of(day(0), TimeFormat::Date), to: Bound::of(day(length), TimeFormat::Date), total: None };
            let mut found = Vec::new();
            all_halves(piece, day(cut), &mut found);
            let days: Vec<i64> = found.iter().map(|(from, _)| *from).collect();
            prop_assert!(days.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!((0..=length).all(|day| days.contains(&day)));
        }
    }
}
