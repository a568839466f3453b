//! Parquet tables on the way into a data set: the same columns, cells, counts and problems as those
//! of text; the line of a problem is the number of its row.

use super::super::layout::Layout;
use super::super::parquet::{DELIMITER, Fault, Source, Style, Table};
use super::super::records::MAX_CELLS;
use super::{
    Blocks, Code, Draft, Halt, Joined, Kind, LoadError, Loader, Origin, StoreFault, TableSpec,
    TimeFormat, error, layout, replaced, store_problem, warning,
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
        let (mut table, first) = match opened(source, spec) {
            Ok(both) => both,
            Err(fault) => {
                self.report.push(problem(fault, path).at(path, 0, 0));
                return Ok(());
            }
        };
        self.unreadable(&table, path);
        let Some((spec, kind)) = self.identify_rows(spec, path, &first) else {
            return Ok(());
        };
        let names = (table.names(), DELIMITER);
        let Some(layout) = layout::of_headings(&spec, kind, path, names, &mut self.report) else {
            return Ok(());
        };
        let mut spec = spec.into_owned();
        let is_dated = kind != Kind::Consumers && layout.fields().any(|i| table.is_dated(i));
        if is_dated {
            // What is a date or a time as such is read as what it is, whatever form written ones have.
            spec.time_format = TimeFormat::Auto;
        }
        let style = if is_dated { Style::Brief } else { Style::Full };
        table.restart(wanted(&layout), style);
        let origin = Origin {
            path,
            size,
            encoding: "parquet",
            text: "",
        };
        let mark = self.report.mark();
        let mut blocks = Blocks::Parquet(Box::new(table));
        match self.laid_out(&spec, &layout, &origin, &mut blocks) {
            Ok(_) => {}
            Err(Halt::Load(fault)) => return Err(fault),
            Err(Halt::Store(fault)) => return self.no_bytes(&fault, path),
        }
        if let Blocks::Parquet(table) = blocks {
            match table.finish() {
                Ok((sum, bad)) => {
                    if let Some(draft) = replaced(bad) {
                        self.report.insert(mark, draft.at(path, 0, 0));
                    }
                    self.fingerprint.add(path.as_bytes());
                    self.fingerprint.add_sum(sum);
                }
                Err((row, fault)) => self.report.push(problem(fault, path).at(path, row, 0)),
            }
        }
        Ok(())
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

    /// Reads all rows of a platform table.
    pub(super) fn lines(
        &mut self,
        spec: &TableSpec,
        layout: &Layout,
        (origin, table): (&Origin<'_>, &mut Table),
        done: &mut Joined,
    ) -> Result<(), LoadError> {
        while let Some(text) = table.block() {
            let part = Origin {
                text: &text,
                size: table.position(),
                ..*origin
            };
            self.rows(spec, layout, &part, done)?;
            table.give_back(text);
        }
        Ok(())
    }
}

/// The table and its first rows, which begin with the names of the columns.
fn opened(source: Source, spec: &TableSpec) -> Result<(Table, Vec<Vec<String>>), Fault> {
    let mut table = Table::open(source)?;
    let mut first = vec![table.names()];
    if spec.kind.is_none() {
        first.extend(table.sample(SAMPLE)?);
    }
    Ok((table, first))
}

/// The columns that somebody reads: those of the layout, and those in which a word marks totals.
fn wanted(layout: &Layout) -> Vec<bool> {
    let mut wanted = vec![false; layout.width];
    for field in layout.fields().chain(layout.totals.iter().copied()) {
        if let Some(wanted) = wanted.get_mut(field) {
            *wanted = true;
        }
    }
    wanted
}

fn problem(fault: Fault, path: &str) -> Draft {
    match fault {
        Fault::Changed => store_problem(&StoreFault::Changed, path),
        Fault::Cut => error(
            Code::File,
            "the Parquet file is not complete",
            "Parquet 文件不完整",
        )
        .expected(["a footer and `PAR1` at the end", "末尾的元数据与 `PAR1`"])
        .help(["copy or export the file again", "请重新复制或导出该文件"]),
        Fault::Wide => error(Code::Header, "too many columns", "列数过多").expected([
            format!("at most {MAX_CELLS} columns"),
            format!("至多 {MAX_CELLS} 列"),
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
