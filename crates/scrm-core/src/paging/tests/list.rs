//! A list in memory that changes under the planner's hands, and a pull of it.

use super::*;

/// How the list is ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
    /// By something that has nothing to do with when a row came.
    Scattered,
}

/// A row: when it came (by number), and its day, counted back from today; `None`: it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) ago: Option<i64>,
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    pub(super) next: u64,
    pub(super) order: Order,
    /// Whether the last day of a range belongs to it.
    pub(super) inclusive: bool,
    pub(super) cap: u64,
    pub(super) ids: bool,
    pub(super) told: Told,
    /// The largest page that the server gives, whatever it is asked for.
    pub(super) clamp: u64,
    /// So many ids there are, for all rows.
    pub(super) distinct: u64,
    /// Every so manieth row has no id.
    pub(super) nameless: Option<u64>,
    /// Whether rows tell their day.
    pub(super) timed: bool,
    /// Whether the server looks at the range.
    pub(super) heeds: bool,
    /// Of a longer range, the server answers the first days only.
    pub(super) most_days: i64,
    /// What becomes of the pages of these calls.
    pub(super) cuts: Vec<(u64, Cut)>,
    pub(super) calls: u64,
}

/// What the server says of the number of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told {
    True,
    Nothing,
    Zero,
    /// Never more than its own ceiling.
    AtMost(u64),
    False(u64),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    Empty,
    Half,
}

impl List {
    /// So many rows, spread over as many days before today.
    pub(super) fn new(rows: u64, days: i64, order: Order) -> Self {
        let ago = |number: u64| Some((days - 1) - (number as i64 * days / rows.max(1) as i64).min(days - 1));
        let rows: Vec<Row> = (0..rows).map(|number| Row { number, ago: ago(number) }).collect();
        List { next: rows.len() as u64, rows, order, ..List::empty() }
    }

    pub(super) fn empty() -> Self {
        List {
            rows: Vec::new(),
            next: 0,
            order: Order::OldestFirst,
            inclusive: true,
            cap: u64::MAX,
            ids: true,
            told: Told::True,
            clamp: u64::MAX,
            distinct: u64::MAX,
            nameless: None,
            timed: true,
            heeds: true,
            most_days: i64::MAX,
            cuts: Vec::new(),
            calls: 0,
        }
    }

    fn key(&self, row: &Row) -> RowKey {
        // Other than the id's, as of a row that has more than its id.
        let content = key(&row.number.to_be_bytes());
        let nameless = self.nameless.is_some_and(|every| row.number.is_multiple_of(every));
        RowKey { id: if nameless { content } else { key(&(row.number % self.distinct).to_le_bytes()) }, content }
    }

    fn total(&self, rows: u64) -> Option<u64> {
        match self.told {
            Told::True => Some(rows),
            Told::Nothing => None,
            Told::Zero => Some(0),
            Told::AtMost(most) => Some(rows.min(most)),
            Told::False(total) => Some(total),
        }
    }

    pub(super) fn add(&mut self) {
        self.rows.push(Row { number: self.next, ago: Some(0) });
        self.next += 1;
    }

    pub(super) fn remove(&mut self, chance: u64) {
        if !self.rows.is_empty() {
            self.rows.remove(chance as usize % self.rows.len());
        }
    }

    fn rank(&self, row: &Row) -> u64 {
        match self.order {
            Order::OldestFirst => row.number,
            Order::NewestFirst => u64::MAX - row.number,
            Order::Scattered => key(&row.number.to_le_bytes()),
        }
    }

    fn filtered(&self, range: Option<&(String, String)>) -> Vec<Row> {
        let ago_of = |text: &String| Day::parse(text).unwrap().days_until(today());
        let bounds =
            range.filter(|_| self.heeds).map(|(from, to)| (ago_of(from), ago_of(to).max(ago_of(from).saturating_sub(self.most_days))));
        let within = |row: &&Row| {
            let Some((from, to)) = bounds else { return true };
            row.ago.is_some_and(|ago| ago <= from && (ago > to || (self.inclusive && ago == to)))
        };
        let mut rows: Vec<Row> = self.rows.iter().filter(within).copied().collect();
        rows.sort_by_cached_key(|row| self.rank(row));
        rows
    }

    pub(super) fn answer(&mut self, ask: &Ask, size: u64) -> (Facts, Vec<Row>) {
        self.calls += 1;
        let rows = self.filtered(ask.range.as_ref());
        let (start, size) = match &ask.at {
            At::Number { page, size: other } => {
                let size = other.unwrap_or(size).min(self.clamp);
                ((*page as u64 - 1) * size, size)
            }
            At::Cursor(cursor) => {
                let after = cursor.as_ref().and_then(Value::as_u64);
                let start = after.map_or(0, |after| rows.partition_point(|row| self.rank(row) <= after));
                (start as u64, size.min(self.clamp))
            }
        };
        let end = (start + size).min(self.cap).min(rows.len() as u64);
        let mut page = rows.get(start.min(end) as usize..end as usize).unwrap_or_default().to_vec();
        match self.cuts.iter().find(|(call, _)| *call == self.calls) {
            Some((_, Cut::Empty)) => page.clear(),
            Some((_, Cut::Half)) => page.truncate(page.len() / 2),
            None => {}
        }
        let keys: Vec<RowKey> = page.iter().map(|row| self.key(row)).collect();
        let facts = Facts {
            rows: page.len() as u64,
            print: super::super::fetch::print(&keys),
            keys: self.ids.then_some(keys),
            total: self.total(rows.len() as u64),
            cursor: page.last().map(|row| self.rank(row).into()),
            times: page.iter().map(|row| (self.key(row), row.ago.filter(|_| self.timed).map(|ago| day(-ago).start()))).collect(),
        };
        (facts, page)
    }
}

/// What happens before an answer.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Nothing,
    Add(u8),
    Remove(u64),
    /// The total stays.
    Swap(u64),
}

#[derive(Default, Debug)]
pub(super) struct Pulled {
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<Problem>,
    pub(super) contradictions: Vec<String>,
    /// Rows that were there throughout.
    pub(super) constant: HashSet<Row>,
    pub(super) restarts: u64,
    pub(super) namesakes: usize,
    pub(super) completeness: Completeness,
}

impl Pulled {
    pub(super) fn missing(&self) -> Vec<Row> {
        let came: HashSet<&Row> = self.rows.iter().collect();
        self.constant.iter().filter(|row| !came.contains(row)).copied().collect()
    }

    pub(super) fn doubles(&self) -> usize {
        self.rows.len() - self.rows.iter().collect::<HashSet<_>>().len()
    }
}

/// Pulls all, with so many pages asked for ahead and answered out of order. `stops`: takes of pages after which the process dies.
pub(super) fn pull(course: &Course, list: &mut List, changes: &[Change], width: usize, stops: &[usize]) -> Pulled {
    let owner = Owner::new("acme", "/list", "by number", &Value::Null);
    let size = course.size.unwrap();
    let mut planner = Planner::new(course.clone());
    let mut pulled = Pulled { constant: list.rows.iter().copied().collect(), ..Pulled::default() };
    let mut queue: VecDeque<(Ask, (Facts, Vec<Row>))> = VecDeque::new();
    let (mut changes, mut strikes, mut takes) = (changes.iter(), 0, 0);
    loop {
        let wanted = planner.plans(width.max(1));
        assert!(wanted.len() <= width.max(1));
        // The last asked is answered first.
        let mut answers = Vec::new();
        for ask in wanted.into_iter().rev() {
            if let Some(at) = queue.iter().position(|(asked, _)| *asked == ask) {
                answers.extend(queue.remove(at));
                continue;
            }
            match changes.next() {
                Some(Change::Add(rows)) => (0..*rows).for_each(|_| list.add()),
                Some(Change::Remove(chance)) => list.remove(*chance),
                Some(Change::Swap(chance)) => {
                    list.remove(*chance);
                    list.add();
                }
                Some(Change::Nothing) | None => {}
            }
            let answer = list.answer(&ask, size);
            answers.push((ask, answer));
        }
        queue = answers.into_iter().rev().collect();
        let Some((_, (facts, rows))) = queue.pop_front() else { break };
        assert!(list.calls < 100_000, "endless");
        match planner.take(&facts) {
            Err(contradiction) => {
                pulled.contradictions.push(contradiction);
                strikes += 1;
                queue.clear();
                if strikes > 5 {
                    break;
                }
            }
            Ok(step) => {
                strikes = 0;
                pulled.namesakes += step.namesakes.len();
                pulled.problems.extend(step.problems);
                pulled.rows.extend(rows.iter().enumerate().filter(|(at, _)| step.keep.keeps(*at)).map(|(_, row)| *row));
            }
        }
        takes += 1;
        if stops.contains(&takes) {
            let text = ResumeToken::of(&owner, &planner).to_string();
            assert!(text.len() <= ResumeToken::MAX_LEN, "{}", text.len());
            planner = text.parse::<ResumeToken>().unwrap().planner(course.clone()).unwrap();
            queue.clear();
            pulled.restarts += 1;
        }
    }
    pulled.constant.retain(|row| list.rows.contains(row));
    pulled.completeness = if matches!(planner.phase, Phase::Ended) { planner.so_far() } else { Completeness::Incomplete };
    pulled
}

pub(super) fn quiet(course: &Course, list: &mut List) -> Pulled {
    pull(course, list, &[], 1, &[])
}
