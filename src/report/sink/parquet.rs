//! Parquet: one typed column per column of the table, every one optional, in row groups of a bounded size.
//!
//! Dollars are DECIMAL(38, 9) in sixteen bytes, instants TIMESTAMP in microseconds of UTC, counts signed 64-bit integers.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray};
use parquet::data_type::{FixedLenByteArrayType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use crate::report::page::Cell;
use crate::report::tables::{ColumnSpec, Kind, TableSpec};

/// Rows that are held in memory at most.
const GROUP: usize = 50_000;
/// Decimals of a dollar, and digits of a DECIMAL.
const SCALE: i32 = 9;
const PRECISION: i32 = 38;

/// A file under way.
pub(super) struct Parquet<'a> {
    /// The library wants a writer that threads may share, so a piece is handed on when it is done.
    file: SerializedFileWriter<Vec<u8>>,
    out: &'a mut dyn Write,
    columns: Vec<Column>,
    rows: usize,
}

/// The values of a row group that are known, and for each row whether one is.
struct Column {
    name: &'static str,
    values: Values,
    known: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Flag(Vec<bool>),
    Whole(Vec<i64>),
    Day(Vec<i32>),
    Instant(Vec<i64>),
    Money(Vec<FixedLenByteArray>),
    Decimal(Vec<f64>),
}

impl<'a> Parquet<'a> {
    pub(super) fn new(table: &TableSpec, out: &'a mut dyn Write) -> io::Result<Self> {
        let start = || -> Result<SerializedFileWriter<Vec<u8>>> {
            let fields = table.columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<_>>()?;
            let schema = Type::group_type_builder(table.name).with_fields(fields).build()?;
            let compression = Compression::ZSTD(ZstdLevel::try_new(3)?);
            let created = format!("tokaudit {}", env!("CARGO_PKG_VERSION"));
            let properties = WriterProperties::builder().set_compression(compression).set_created_by(created).build();
            SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))
        };
        let columns = table.columns.iter().map(|spec| Column::new(spec.name, spec.kind)).collect();
        Ok(Self { file: start()?, out, columns, rows: 0 })
    }

    pub(super) fn row<'c>(&mut self, cells: impl Iterator<Item = &'c Cell>) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.take(cell)?;
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let missing = || ParquetError::General("a file has fewer columns than its table".to_owned());
            column.write(group.next_column()?.ok_or_else(missing)?)?;
        }
        group.close()?;
        self.rows = 0;
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let piece = std::mem::take(self.file.inner_mut());
        self.out.write_all(&piece)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.file.finish()?;
        self.hand_on()?;
        self.out.flush()
    }
}

/// The type of a column.
fn field(column: &ColumnSpec) -> Result<Type> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Instant => {
            let logical = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Physical::INT64, Some(logical))
        }
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Count => (Physical::INT64, Some(LogicalType::integer(64, true))),
        Kind::Decimal => (Physical::DOUBLE, None),
        Kind::Money => (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::decimal(SCALE, PRECISION))),
    };
    let builder = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    match column.kind {
        Kind::Money => builder.with_length(16).with_precision(PRECISION).with_scale(SCALE).build(),
        _ => builder.build(),
    }
}

impl Column {
    fn new(name: &'static str, kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Flag => Values::Flag(Vec::new()),
            Kind::Instant => Values::Instant(Vec::new()),
            Kind::Day => Values::Day(Vec::new()),
            Kind::Count => Values::Whole(Vec::new()),
            Kind::Money => Values::Money(Vec::new()),
            Kind::Decimal => Values::Decimal(Vec::new()),
        };
        Self { name, values, known: Vec::new() }
    }

    fn take(&mut self, cell: &Cell) -> io::Result<()> {
        let odd = |name: &str| io::Error::other(format!("column {name} holds {cell:?}"));
        let known = match (&mut self.values, cell) {
            (_, Cell::Text(None) | Cell::Number(None) | Cell::Count(None) | Cell::Money(None)) => false,
            (Values::Text(values), Cell::Text(Some(text))) => {
                values.push(ByteArray::from(text.as_str()));
                true
            }
            (Values::Flag(values), Cell::Text(Some(text))) => {
                values.push(text == "true");
                true
            }
            (Values::Instant(values), Cell::Text(Some(text))) => {
                let at = DateTime::parse_from_rfc3339(text).map_err(|_| odd(self.name))?;
                values.push(at.timestamp_micros());
                true
            }
            (Values::Day(values), Cell::Text(Some(text))) => {
                let day = text.parse::<NaiveDate>().map_err(|_| odd(self.name))?;
                let since = day.signed_duration_since(NaiveDate::default()).num_days();
                values.push(i32::try_from(since).map_err(|_| odd(self.name))?);
                true
            }
            (Values::Whole(values), Cell::Count(Some(count))) => {
                values.push(i64::try_from(*count).map_err(|_| odd(self.name))?);
                true
            }
            (Values::Money(values), Cell::Money(Some(money))) => {
                values.push(FixedLenByteArray::from(money.nanos().to_be_bytes().to_vec()));
                true
            }
            (Values::Decimal(values), Cell::Number(Some(text)) | Cell::Text(Some(text))) => {
                values.push(text.parse().map_err(|_| odd(self.name))?);
                true
            }
            _ => return Err(odd(self.name)),
        };
        self.known.push(i16::from(known));
        Ok(())
    }

    fn write(&mut self, to: SerializedColumnWriter<'_>) -> Result<()> {
        let known = &self.known;
        match &mut self.values {
            Values::Text(values) => batch::<ByteArrayType>(to, values, known),
            Values::Flag(values) => batch::<BoolType>(to, values, known),
            Values::Day(values) => batch::<Int32Type>(to, values, known),
            Values::Whole(values) | Values::Instant(values) => batch::<Int64Type>(to, values, known),
            Values::Money(values) => batch::<FixedLenByteArrayType>(to, values, known),
            Values::Decimal(values) => batch::<DoubleType>(to, values, known),
        }?;
        self.known.clear();
        Ok(())
    }
}

fn batch<T: DataType>(mut to: SerializedColumnWriter<'_>, values: &mut Vec<T::T>, known: &[i16]) -> Result<()> {
    to.typed::<T>().write_batch(values, Some(known), None)?;
    values.clear();
    to.close()
}
