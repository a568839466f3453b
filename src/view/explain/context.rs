//! What stands around a number: its meaning, definitions, days, slice, files and rows left out.

use super::SheetLine;
use super::words::Speaker;
use crate::app::Language;
use crate::board::explain::Explanation;
use crate::board::{Figure, Source};
use crate::facts::{Problem, Severity, SourceFile};
use crate::metrics::definitions::DEFINITIONS;
use crate::view::levers;
use crate::view::text::{self, clean};

/// Problems of the files that are told one by one.
const PROBLEMS: usize = 5;

fn words(label: &str, text: impl Into<String>) -> SheetLine {
    SheetLine::Words {
        label: label.to_owned(),
        text: text.into(),
        warn: false,
    }
}

fn warning(label: &str, text: impl Into<String>) -> SheetLine {
    SheetLine::Words {
        label: label.to_owned(),
        text: text.into(),
        warn: true,
    }
}

/// What it means, in words, and why it is missing.
pub(super) fn meaning(speaker: &Speaker<'_>, explanation: &Explanation) -> Vec<SheetLine> {
    let l = speaker.language;
    let mut lines = Vec::new();
    let missing = explanation.value().and_then(|line| line.value.why());
    if let Some(why) = missing {
        lines.push(warning(
            speaker.say("没有数值", "missing"),
            text::why(l, why),
        ));
    }
    let formula = match (explanation.metric, explanation.words) {
        (Some(metric), _) => text::of(l, &metric.formula),
        (None, Some(words)) => text::of(l, &words),
        (None, None) => "",
    };
    if !formula.is_empty() {
        lines.push(words(speaker.say("公式", "formula"), formula));
    }
    lines
}

/// Windows and definitions in force; those that are not the defaults are marked.
pub(super) fn definitions(speaker: &Speaker<'_>, explanation: &Explanation) -> Vec<SheetLine> {
    let mut lines = vec![SheetLine::Group(
        speaker.say("口径", "definitions").to_owned(),
    )];
    let in_force = speaker.state.board.as_ref().map(|b| &b.query.definitions);
    let ids = explanation.metric.map_or(&[][..], |m| m.definitions);
    let figure = explanation.figure.as_deref();
    if let Some(figure) = figure {
        lines.push(words(
            speaker.say("方式", "variant"),
            variant(speaker, figure),
        ));
    }
    for (id, definitions) in ids.iter().filter_map(|id| Some((id, in_force?))) {
        let Some(row) = DEFINITIONS.iter().find(|d| d.id == *id) else {
            continue;
        };
        let value = definitions.text(id);
        let help = speaker.say(row.help_zh, row.help);
        let said = format!("{id} = {value} · {help}");
        lines.push(if definitions.is_changed(id) {
            let default = speaker.say("默认", "default");
            warning(
                speaker.say("已改", "changed"),
                format!("{said} ({default} {})", row.default),
            )
        } else {
            words("", said)
        });
    }
    let exported = explanation.from == Some(Source::Platform);
    if exported && !ids.is_empty() {
        let note = speaker.say(
            "平台导出的数按平台自己的窗口；以上窗口只用于行为日志",
            "exported numbers follow the windows of the platform; those above are for the event log",
        );
        lines.push(words("", note));
    }
    let source = explanation.metric.map_or(explanation.source, |m| m.source);
    if !source.is_empty() {
        lines.push(words(speaker.say("出处", "defined in"), source));
    }
    if lines.len() == 1 {
        lines.clear();
    }
    lines
}

fn variant(speaker: &Speaker<'_>, figure: &Figure) -> String {
    let source = text::source(speaker.language, figure.source);
    if figure.variant == figure.source.id() {
        source.to_owned()
    } else {
        format!("{source} · {}", figure.variant)
    }
}

/// Days, slice and scenario.
pub(super) fn place(speaker: &Speaker<'_>, explanation: &Explanation) -> Vec<SheetLine> {
    let state = speaker.state;
    let Some(query) = state.board.as_ref().map(|b| &b.query) else {
        return Vec::new();
    };
    let all = speaker.say("全部消费者", "all consumers");
    let (filter, scope) = (&query.slice.filter, &query.slice.scope);
    let list = |conditions: &[crate::facts::Condition]| {
        let each: Vec<String> = conditions.iter().map(ToString::to_string).collect();
        clean(&each.join("; ")).into_owned()
    };
    let days = query.as_of.0.saturating_sub(query.against.0);
    let period = match speaker.language {
        Language::Zh => format!(
            "截至 {}，对比 {}（{days} 天前）",
            query.as_of, query.against
        ),
        Language::En => format!(
            "as of {}, against {} ({days} days before)",
            query.as_of, query.against
        ),
    };
    let mut lines = vec![
        SheetLine::Group(speaker.say("范围", "scope").to_owned()),
        words(speaker.say("日期", "days"), period),
    ];
    if filter.is_empty() && scope.is_empty() {
        lines.push(words(speaker.say("切片", "slice"), all));
    }
    if !filter.is_empty() {
        lines.push(words(speaker.say("筛选", "where"), list(filter)));
    }
    if !scope.is_empty() {
        lines.push(words(speaker.say("重算", "scope"), list(scope)));
    }
    let whole = explanation
        .figure
        .as_deref()
        .is_some_and(|f| f.target.is_some() || !f.benchmarks.is_empty());
    if whole && !query.slice.is_empty() {
        let note = speaker.say(
            "目标与行业基准是整个品牌的",
            "targets and benchmarks are for the whole brand",
        );
        lines.push(warning("", note));
    }
    if !state.scenario().is_empty() {
        let named = levers::scenario(state);
        let changes = clean(&state.scenario().to_string()).into_owned();
        lines.push(words(
            speaker.say("情景", "scenario"),
            format!("{named}: {changes}"),
        ));
    }
    lines
}

/// Files with their rows, and what was left out and why.
pub(super) fn files(speaker: &Speaker<'_>, explanation: &Explanation) -> Vec<SheetLine> {
    let Some(data) = speaker.data else {
        return Vec::new();
    };
    let kinds = kinds(explanation);
    let own = |file: &&SourceFile| kinds.contains(&file.kind.as_str());
    let files: Vec<&SourceFile> = data.sources.iter().filter(own).collect();
    let mut lines = vec![SheetLine::Group(
        speaker.say("数据来源", "source files").to_owned(),
    )];
    if data.lacks_log {
        let note = speaker.say("行为日志尚未读入", "the event log has not been read yet");
        lines.push(warning("", note));
    }
    for file in &files {
        let left = file.rejected + file.excluded;
        let text = match speaker.language {
            Language::Zh => format!(
                "{} 行，用 {}，错误 {}，排除 {}",
                file.rows, file.used, file.rejected, file.excluded
            ),
            Language::En => format!(
                "{} rows, {} used, {} rejected, {} left out",
                file.rows, file.used, file.rejected, file.excluded
            ),
        };
        let text = format!("{} · {text}", file.kind);
        let path = clean(&file.path);
        lines.push(if left > 0 {
            warning(&path, text)
        } else {
            words(&path, text)
        });
    }
    if files.is_empty() {
        let name = clean(text::side(speaker.language, &data.name)).into_owned();
        lines.push(words("", name));
    }
    let concerns = |p: &&Problem| files.iter().any(|f| f.path == p.place.file);
    let problems: Vec<&Problem> = data.problems.iter().filter(concerns).collect();
    lines.extend(problems.iter().take(PROBLEMS).map(|p| problem(speaker, p)));
    if problems.len() > PROBLEMS {
        let more = problems.len() - PROBLEMS;
        lines.push(words(
            "",
            match speaker.language {
                Language::Zh => format!("另有 {more} 条，w 查看全部"),
                Language::En => format!("{more} more; w shows all"),
            },
        ));
    }
    lines
}

fn problem(speaker: &Speaker<'_>, problem: &Problem) -> SheetLine {
    let wording = speaker.language.wording();
    let count = if problem.count > 1 {
        format!("{} × ", problem.count)
    } else {
        String::new()
    };
    SheetLine::Words {
        label: problem.place.to_string(),
        text: format!("{count}{}", problem.said(wording)),
        warn: problem.severity > Severity::Note,
    }
}

/// Kinds of the tables that a number is made of.
fn kinds(explanation: &Explanation) -> Vec<&'static str> {
    let id = explanation.metric.map_or("gmv", |m| m.id);
    let log = ["events", "consumers", "relations"];
    let mut kinds = match explanation.from {
        Some(Source::Events) => log.to_vec(),
        Some(Source::Platform) => tables(id).to_vec(),
        None => log.into_iter().chain(tables(id).iter().copied()).collect(),
    };
    kinds.dedup();
    let figure = explanation.figure.as_deref();
    if figure.is_none_or(|f| f.target.is_some() || f.target_derived.is_some()) {
        kinds.push("targets");
    }
    if figure.is_some_and(|f| !f.benchmarks.is_empty()) {
        kinds.push("benchmarks");
    }
    kinds
}

/// Kinds of the platform tables behind a metric.
fn tables(id: &str) -> &'static [&'static str] {
    let group = id.split_once('.').map_or(id, |(group, _)| group);
    match (group, id) {
        (_, "fast.f") | ("aipl", _) => &["stock"],
        (_, "fast.a") => &["fast", "flow", "stock"],
        ("fast", _) => &["fast"],
        ("flow" | "step", _) => &["flow"],
        (_, "fast_plus.conversion") => &["role_flow"],
        (_, "fast_plus.connection") => &["fields"],
        ("fast_plus", _) => &["relations"],
        ("orders", _) => &["orders"],
        _ => &["stock", "sales", "orders"],
    }
}
