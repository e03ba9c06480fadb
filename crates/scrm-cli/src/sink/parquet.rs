//! Parquet: each commit closes a part that is a file of its own; at the end their row groups are put together, unread, into one file that takes the old one's
//! place. A program that is killed leaves whole parts.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use parquet::{
    basic::{Compression, ConvertedType, Repetition, Type as Physical},
    column::writer::ColumnCloseResult,
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr},
        reader::{FileReader as _, SerializedFileReader},
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};
use scrm_core::NamedRow;

use super::{Done, Setup, Sink, Stored, There, files};
use crate::{
    columns::{Cell, FlatColumn, Kind, RowOf, scaled},
    failure::Failure,
    language::{Both, both},
    pull::{rejects::Rejects, state::State},
};

/// Digits and decimals of an amount.
const PRECISION: i32 = 18;
const SCALE: usize = 4;

/// A Parquet file.
pub(crate) struct Parquet {
    path: PathBuf,
    state_path: PathBuf,
    columns: Vec<FlatColumn>,
    schema: TypePtr,
    properties: WriterPropertiesPtr,
    buffers: Vec<Buffer>,
    waiting: usize,
    adds: bool,
    _lock: files::Lock,
}

/// One column's values that were not written yet, and for each row whether it has one.
struct Buffer {
    values: Values,
    there: Vec<i16>,
}

enum Values {
    Texts(Texts),
    Integers(Vec<i64>),
    Days(Vec<i32>),
    Numbers(Vec<f64>),
    Booleans(Vec<bool>),
}

/// Texts behind each other, and where each ends: a text has no memory of its own.
#[derive(Default)]
struct Texts {
    all: Vec<u8>,
    ends: Vec<usize>,
}

/// Texts that are handed to the encoder at a time.
const BATCH: usize = 1024;

impl Texts {
    fn push(&mut self, text: &str) -> Option<String> {
        self.all.extend_from_slice(text.as_bytes());
        self.ends.push(self.all.len());
        None
    }

    /// `there`: for each row of the column whether it has a text.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>, there: &[i16]) -> Result<(), ParquetError> {
        let (all, ends) = (Bytes::from(std::mem::take(&mut self.all)), std::mem::take(&mut self.ends));
        let (mut start, mut ends) = (0, ends.into_iter());
        let mut batch: Vec<ByteArray> = Vec::with_capacity(BATCH);
        for there in there.chunks(BATCH) {
            let texts = there.iter().filter(|there| **there > 0).count();
            batch.clear();
            batch.extend(ends.by_ref().take(texts).map(|end| ByteArray::from(all.slice(std::mem::replace(&mut start, end)..end))));
            column.typed::<ByteArrayType>().write_batch(&batch, Some(there), None)?;
        }
        Ok(())
    }
}

impl Buffer {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text | Kind::Json => Values::Texts(Texts::default()),
            Kind::Integer | Kind::Decimal | Kind::Moment(_) => Values::Integers(Vec::new()),
            Kind::Day => Values::Days(Vec::new()),
            Kind::Number => Values::Numbers(Vec::new()),
            Kind::Boolean => Values::Booleans(Vec::new()),
        };
        Buffer { values, there: Vec::new() }
    }

    /// Takes a cell; gives it back as text where the column cannot hold it.
    fn push(&mut self, cell: Cell<'_>) -> Option<String> {
        let left = match (&mut self.values, cell) {
            (_, Cell::Nothing) => {
                self.there.push(0);
                return None;
            }
            (Values::Texts(values), Cell::Text(text)) => values.push(&text),
            (Values::Texts(values), Cell::Json(text)) => values.push(&text),
            (Values::Integers(values), Cell::Integer(value)) => put(values, value),
            (Values::Integers(values), Cell::Moment(value)) => put(values, value.unix_millis()),
            (Values::Integers(values), Cell::Decimal(value)) => {
                let limit = 10_i64.pow(PRECISION.unsigned_abs());
                match scaled(value, SCALE).and_then(|value| i64::try_from(value).ok()).filter(|value| value.abs() < limit) {
                    Some(value) => put(values, value),
                    None => Some(value.to_string()),
                }
            }
            (Values::Days(values), Cell::Day(day)) => match i32::try_from((day.start().unix_seconds() + 8 * 3600).div_euclid(86_400)) {
                Ok(days) => put(values, days),
                Err(_) => Some(day.to_string()),
            },
            (Values::Numbers(values), Cell::Number(value)) => put(values, value),
            #[allow(clippy::cast_precision_loss, reason = "the column is documented as a number, which travels as a float")]
            (Values::Numbers(values), Cell::Integer(value)) => put(values, value as f64),
            (Values::Booleans(values), Cell::Boolean(value)) => put(values, value),
            (_, other) => Some(other.into_text()),
        };
        self.there.push(i16::from(left.is_none()));
        left
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let there = self.there.as_slice();
        match &mut self.values {
            Values::Texts(values) => values.write(column, there)?,
            Values::Integers(values) => _ = column.typed::<Int64Type>().write_batch(values, Some(there), None)?,
            Values::Days(values) => _ = column.typed::<Int32Type>().write_batch(values, Some(there), None)?,
            Values::Numbers(values) => _ = column.typed::<DoubleType>().write_batch(values, Some(there), None)?,
            Values::Booleans(values) => _ = column.typed::<BoolType>().write_batch(values, Some(there), None)?,
        }
        match &mut self.values {
            Values::Texts(_) => {}
            Values::Integers(values) => values.clear(),
            Values::Days(values) => values.clear(),
            Values::Numbers(values) => values.clear(),
            Values::Booleans(values) => values.clear(),
        }
        self.there.clear();
        Ok(())
    }
}

fn put<T>(values: &mut Vec<T>, value: T) -> Option<String> {
    values.push(value);
    None
}

fn schema(columns: &[FlatColumn]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, converted) = match column.kind {
            Kind::Text | Kind::Json => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
            Kind::Integer => (Physical::INT64, ConvertedType::NONE),
            Kind::Decimal => (Physical::INT64, ConvertedType::DECIMAL),
            Kind::Moment(_) => (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS),
            Kind::Day => (Physical::INT32, ConvertedType::DATE),
            Kind::Number => (Physical::DOUBLE, ConvertedType::NONE),
            Kind::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
        };
        let field =
            Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL).with_converted_type(converted);
        let field = if column.kind == Kind::Decimal { field.with_precision(PRECISION).with_scale(SCALE as i32) } else { field };
        field.build().map(Arc::new)
    });
    Type::group_type_builder("rows").with_fields(fields.collect::<Result<_, _>>()?).build().map(Arc::new)
}

impl Parquet {
    pub(crate) fn open(path: &Path, setup: Setup) -> Result<Self, Failure> {
        let lock = files::Lock::of(path)?;
        let state_path = setup.state_path.unwrap_or_else(|| files::beside(path, ".scrm-state.json"));
        let schema = schema(&setup.columns).map_err(|error| broken(path, &error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            // those of pages are lost when parts are put together
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by(concat!("scrm ", env!("CARGO_PKG_VERSION")).to_owned());
        Ok(Parquet {
            path: path.to_owned(),
            state_path,
            buffers: setup.columns.iter().map(|column| Buffer::new(column.kind)).collect(),
            columns: setup.columns,
            schema,
            properties: Arc::new(properties.build()),
            waiting: 0,
            adds: false,
            _lock: lock,
        })
    }

    fn folder(&self) -> PathBuf {
        files::beside(&self.path, ".parts")
    }

    fn part(&self, number: u64) -> PathBuf {
        self.folder().join(format!("{number:06}.parquet"))
    }

    /// Takes away the parts behind the mark: they were never committed.
    fn keep(&self, parts: u64) -> Result<(), Failure> {
        let folder = self.folder();
        let failed = |error: std::io::Error| files::broken(&folder, &error);
        fs::create_dir_all(&folder).map_err(failed)?;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
            if number.is_none_or(|number| number >= parts) {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        match (0..parts).map(|number| self.part(number)).find(|part| !part.exists()) {
            None => Ok(()),
            Some(lost) => {
                let (lost, state, whole) = (lost.display(), self.state_path.display(), self.path.display());
                Err(Failure::failed(both!(
                    "{lost} was committed and is gone; move {state} and, if it is there, {whole} away, and the pull begins anew",
                    "{lost} 提交过，现在却没有了；把 {state} 和 {whole}（如果有）移走，就会重新取数"
                )))
            }
        }
    }

    /// Writes what waits as one part.
    fn write_part(&mut self, number: u64) -> Result<(), Failure> {
        let path = self.part(number);
        let fresh = files::beside(&path, ".new");
        let write = |buffers: &mut [Buffer]| -> Result<(), ParquetError> {
            let file = File::create(&fresh)?;
            let mut writer = SerializedFileWriter::new(file, self.schema.clone(), self.properties.clone())?;
            let mut group = writer.next_row_group()?;
            for buffer in buffers {
                if let Some(mut column) = group.next_column()? {
                    buffer.write(&mut column)?;
                    column.close()?;
                }
            }
            group.close()?;
            let file = writer.into_inner()?;
            file.sync_all()?;
            Ok(())
        };
        write(&mut self.buffers).map_err(|error| broken(&fresh, &error))?;
        self.waiting = 0;
        files::publish(&fresh, &path)
    }

    fn has_our_columns(&self, path: &Path, reader: &SerializedFileReader<File>) -> Result<(), Failure> {
        match reader.metadata().file_metadata().schema() == &*self.schema {
            true => Ok(()),
            false => Err(files::other_columns(path)),
        }
    }

    /// Puts the row groups of these files together.
    fn put_together(&self, sources: &[PathBuf], whole: &Path) -> Result<(), Failure> {
        let out = File::create(whole).map_err(|error| files::broken(whole, &error))?;
        let failed = |error: ParquetError| broken(whole, &error);
        let mut writer = SerializedFileWriter::new(out, self.schema.clone(), self.properties.clone()).map_err(failed)?;
        for source in sources {
            let open = || -> Result<_, ParquetError> { Ok((File::open(source)?, SerializedFileReader::new(File::open(source)?)?)) };
            let (file, reader) = open().map_err(|error| broken(source, &error))?;
            self.has_our_columns(source, &reader)?;
            for group in reader.metadata().row_groups() {
                let mut target = writer.next_row_group().map_err(failed)?;
                for column in group.columns() {
                    let close = ColumnCloseResult {
                        bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                        rows_written: u64::try_from(group.num_rows()).unwrap_or_default(),
                        metadata: column.clone(),
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    };
                    target.append_column(&file, close).map_err(failed)?;
                }
                target.close().map_err(failed)?;
            }
        }
        let file = writer.into_inner().map_err(failed)?;
        file.sync_all().map_err(|error| files::broken(whole, &error))
    }

    fn write_state(&self, state: &State) -> Result<(), Failure> {
        files::replace(&self.state_path, state.text().as_bytes())
    }

    fn publish(&self, state: &mut State) -> Result<(), Failure> {
        let whole = files::beside(&self.path, ".part");
        if whole.exists() {
            files::publish(&whole, &self.path)?;
        }
        let folder = self.folder();
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| files::broken(&folder, &error))?;
        }
        (state.marks.publishing, state.marks.parts) = (false, 0);
        self.write_state(state)
    }
}

impl Sink for Parquet {
    fn load(&mut self) -> Result<Option<State>, Failure> {
        let Some(mut state) = super::read_state(&self.state_path)? else { return Ok(None) };
        if state.marks.publishing {
            self.publish(&mut state)?;
        }
        Ok(Some(state))
    }

    fn check(&mut self, _: &State, adds: bool) -> Result<(), Failure> {
        if !(adds && self.path.exists()) {
            return Ok(());
        }
        let open = || SerializedFileReader::new(File::open(&self.path)?);
        self.has_our_columns(&self.path, &open().map_err(|error| broken(&self.path, &error))?)
    }

    fn begin(&mut self, state: &mut State, adds: bool) -> Result<(), Failure> {
        self.adds = adds;
        state.marks.parts = 0;
        self.keep(0)
    }

    fn resume(&mut self, state: &State) -> Result<(), Failure> {
        self.adds = state.run.as_ref().is_some_and(|run| run.adds);
        self.keep(state.marks.parts)
    }

    fn append(&mut self, rows: &[NamedRow], _: i64, rejects: &mut Rejects) -> Result<Stored, Failure> {
        for row in rows {
            let row = RowOf::new(row);
            for (column, buffer) in self.columns.iter().zip(&mut self.buffers) {
                if let Some(left) = buffer.push(column.cell(&row)) {
                    rejects.value(&column.name, &left, None);
                }
            }
            self.waiting += 1;
        }
        Ok(Stored { rows: rows.len() as u64, known: 0 })
    }

    fn commit(&mut self, state: &mut State) -> Result<(), Failure> {
        if self.waiting > 0 {
            self.write_part(state.marks.parts)?;
            state.marks.parts += 1;
        }
        self.write_state(state)
    }

    fn finish(&mut self, state: &mut State, _: bool, _: bool) -> Result<Done, Failure> {
        if self.waiting > 0 {
            self.write_part(state.marks.parts)?;
            state.marks.parts += 1;
        }
        let before = (self.adds && self.path.exists()).then(|| self.path.clone());
        let sources: Vec<PathBuf> = before.into_iter().chain((0..state.marks.parts).map(|number| self.part(number))).collect();
        self.put_together(&sources, &files::beside(&self.path, ".part"))?;
        state.marks.publishing = true;
        self.write_state(state)?;
        self.publish(state)?;
        Ok(Done::default())
    }

    fn keeps_versions(&self) -> bool {
        true
    }

    fn there(&mut self) -> Result<There, Failure> {
        let there = self.path.try_exists().map_err(|error| files::broken(&self.path, &error))?;
        Ok(if there { There::Rows } else { There::Nothing })
    }

    fn forget(&self) -> Both {
        super::forget_file(&self.state_path)
    }
}

fn broken(path: &Path, error: &ParquetError) -> Failure {
    let inner = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    match inner {
        Some(inner) => files::broken(path, inner),
        None => {
            let (shown, (advice, told)) = (path.display(), files::STANDS);
            Failure::failed(both!("{shown}: {error}; {advice}", "{shown}：{told}（{error}）"))
        }
    }
}
