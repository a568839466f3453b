//! Parquet tables on the way into a data set: the same columns, cells, counts and problems as those
//! of text; the line of a problem is the number of its row.

use super::super::parquet::{Fault, Source, Table};
use super::{
    Code, Draft, Kind, Left, LeftOut, Line, LoadError, Loader, ROWS_PER_LOOK, Record, Rows,
    SourceFile, TableSpec, TimeFormat, clean, error, layout, warning,
};

/// Rows that tell the kind of a table.
const SAMPLE: usize = 29;

impl Loader<'_, '_> {
    /// Reads a Parquet file.
    pub(super) fn columnar(
        &mut self,
        spec: &TableSpec,
        (path, size): (&str, u64),
        source: Source,
    ) -> Result<(), LoadError> {
        let read = Table::open(source).and_then(|mut table| {
            let sample = table.sample(SAMPLE)?;
            Ok((table, sample))
        });
        let (mut table, sample) = match read {
            Ok(both) => both,
            Err(fault) => {
                self.report.push(problem(fault).at(path, 0, 0));
                return Ok(());
            }
        };
        self.unreadable(&table, path);
        let mut first = vec![table.names()];
        first.extend(sample);
        let Some((spec, kind)) = self.identify_rows(spec, path, &first) else {
            return Ok(());
        };
        let names = table.names();
        let Some(layout) = layout::of_headings(&spec, kind, path, names, &mut self.report) else {
            return Ok(());
        };
        if !self.brand_is_known(&layout, path) {
            return Ok(());
        }
        self.proxy = self
            .proxy
            .take()
            .or_else(|| spec.profile.and_then(|p| p.proxy).map(str::to_owned));
        let format = time_format(&spec, &layout, &table);
        let done = self.table(&layout, &mut table, &format, (path, size));
        self.fingerprint.add(path.as_bytes());
        self.fingerprint.add(&size.to_le_bytes());
        self.fingerprint
            .add(table.source().digest().hex().as_bytes());
        self.encoding_problems(path, table.replaced, false);
        done
    }

    fn unreadable(&mut self, table: &Table, path: &str) {
        let columns = table.unreadable();
        if columns.is_empty() {
            return;
        }
        let draft = warning(
            Code::Header,
            "columns of a type that no cell can hold are left out",
            "已排除类型不受支持的列",
        );
        let draft = draft.at(path, 0, 0).found(&columns.join(", "));
        self.report.push(draft.expected([
            "text, numbers, dates, times, and lists of them",
            "文本、数字、日期、时间及其列表",
        ]));
    }

    /// Reads all rows; every one ends in exactly one of used, rejected, excluded.
    fn table(
        &mut self,
        layout: &layout::Layout,
        table: &mut Table,
        format: &TimeFormat,
        (path, size): (&str, u64),
    ) -> Result<(), LoadError> {
        let mut source = SourceFile {
            path: clean(path).into_owned(),
            kind: layout.kind.id().to_owned(),
            encoding: "parquet".to_owned(),
            ..SourceFile::default()
        };
        let all = table.rows().max(1);
        let mut record = Record::default();
        let mut rows = Rows::new(layout, &mut self.builder);
        let mut left_out = LeftOut::default();
        let index = self.sources.len() as u32;
        loop {
            let text = match table.next(&mut record) {
                Ok(Some(text)) => text,
                Ok(None) => break,
                Err(fault) => {
                    self.report
                        .push(problem(fault).at(path, source.rows + 1, 0));
                    break;
                }
            };
            let line = Line {
                text,
                record: &record,
                path,
                source: index,
                format,
            };
            source.rows += 1;
            match self.row(layout, &mut rows, &line) {
                Ok(()) => source.used += 1,
                Err(Left::Rejected(draft)) => {
                    source.rejected += 1;
                    self.report.row(*draft);
                }
                Err(Left::Excluded(why)) => {
                    source.excluded += 1;
                    left_out.add(why, line.record.line);
                }
            }
            for crowd in self.builder.take_strangers() {
                let first = (index, source.rows, 0);
                self.strangers.entry(crowd).or_insert(first).2 += 1;
            }
            self.progress.rows += 1;
            if source.rows.is_multiple_of(ROWS_PER_LOOK) {
                let share = source.rows as f64 / all as f64;
                self.look((size as f64 * share) as u64)?;
            }
        }
        for (row, draft) in left_out.problems() {
            self.report.push(draft.at(path, row, 0));
        }
        self.too_many_rejected(&source);
        self.sources.push(source);
        Ok(())
    }
}

/// Values that are dates or times as such are read as what they are, whatever the manifest says about
/// the form of written ones.
fn time_format(spec: &TableSpec, layout: &layout::Layout, table: &Table) -> TimeFormat {
    let is_text = layout.kind == Kind::Consumers || !layout.fields().any(|i| table.is_dated(i));
    if is_text {
        spec.time_format.clone()
    } else {
        TimeFormat::Auto
    }
}

fn problem(fault: Fault) -> Draft {
    match fault {
        Fault::Cut => error(
            Code::File,
            "the Parquet file is not complete",
            "Parquet 文件不完整",
        )
        .expected(["a footer and `PAR1` at the end", "末尾的元数据与 `PAR1`"])
        .help(["copy or export the file again", "请重新复制或导出该文件"]),
        Fault::Wide => error(Code::Header, "too many columns", "列数过多").expected([
            format!("at most {} columns", super::MAX_CELLS),
            format!("至多 {} 列", super::MAX_CELLS),
        ]),
        Fault::Damaged(what) => error(
            Code::File,
            "the Parquet file cannot be read",
            "无法读取 Parquet 文件",
        )
        .found(&what)
        .help([
            "export the file again, with Snappy, Zstandard, gzip or LZ4",
            "请重新导出该文件，压缩方式可用 Snappy、Zstandard、gzip 或 LZ4",
        ]),
    }
}
