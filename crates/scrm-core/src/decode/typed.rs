//! Records as serde wrote them: undocumented keys in one object, dynamic columns in another; beside them all that an answer may hold.

use super::decoder::Fill;
use crate::{
    scan::Scanned,
    table::{DYNAMIC, Slot, WriteFields},
};

impl Fill<'_, '_> {
    /// An object, its opening bracket being next.
    #[cold]
    pub(super) fn typed_record(&mut self, record: &mut dyn WriteFields) -> Scanned<()> {
        let (table, mut next) = (record.table(), 0);
        self.scan.open()?;
        let mut more = self.scan.first(b'}')?;
        while more {
            self.scan.peek();
            let key_at = self.scan.at();
            let key = self.scan.key()?;
            let (is_extra, is_dynamic) = (key == table.extra_name(), table.dynamic.is_some_and(|columns| key == columns.name));
            if let Some(number) = table.find(key, next) {
                next = number + 1;
                self.slot(record.slot(number), &table.fields[number])?;
            } else if let Some(number) = table.column(key) {
                self.typed_column(record, key_at, number)?;
            } else if (is_extra || is_dynamic) && matches!(self.scan.peek(), b'{' | b'n') {
                self.members(record, is_dynamic)?;
            } else {
                self.undocumented_value()?;
                self.keep(record, self.scan.since(key_at))?;
            }
            more = self.scan.next(b'}')?;
        }
        Ok(())
    }

    /// The object that holds the undocumented keys, or the dynamic columns by number.
    fn members(&mut self, record: &mut dyn WriteFields, columns: bool) -> Scanned<()> {
        if self.scan.peek() == b'n' {
            return self.scan.word("null");
        }
        self.scan.open()?;
        let mut more = self.scan.first(b'}')?;
        while more {
            self.scan.peek();
            let key_at = self.scan.at();
            let key = self.scan.key()?;
            let number = if columns { key.parse().ok().or_else(|| record.table().column(key)) } else { None };
            match number {
                Some(number) => self.typed_column(record, key_at, number)?,
                None => {
                    self.undocumented_value()?;
                    self.keep(record, self.scan.since(key_at))?;
                }
            }
            more = self.scan.next(b'}')?;
        }
        Ok(())
    }

    /// The value of a dynamic column; one that is no integer is kept as it came.
    fn typed_column(&mut self, record: &mut dyn WriteFields, key_at: usize, number: u32) -> Scanned<()> {
        if let Some(value) = self.column()? {
            if let Slot::Dynamic(columns) = record.slot(DYNAMIC) {
                columns.push((number, value));
            }
            return Ok(());
        }
        self.undocumented_value()?;
        self.keep(record, self.scan.since(key_at))
    }
}
