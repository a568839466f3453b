//! `fastdeck doctor`: what the program finds here, for people who wonder and for reports of faults.
//!
//! It changes nothing and works without a terminal; what can then not be known says so.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::{CheckFormat, Doctor};
use super::environment::{Environment, themes_beside};
use super::failure::Failure;
use super::{memory, output};
use crate::app::{Ambiguous, Depth, Language, ThemeName, contrast};
use crate::shell::{self, Answers};
use crate::view::text::{pad, pick, width};

/// The attribute of a terminal that lets programs write its clipboard.
const CLIPBOARD: u16 = 52;

/// One thing that was found.
struct Finding {
    section: &'static str,
    id: &'static str,
    /// `[zh, en]`.
    name: [&'static str; 2],
    value: Value,
}

/// What the findings are made from.
struct Examined<'a> {
    environment: &'a Environment,
    /// Columns and rows; `None` without a terminal.
    size: Option<(u16, u16)>,
    /// What the terminal answered; `None` without a terminal.
    answers: Option<Answers>,
}

pub(super) fn run(args: &Doctor, environment: &Environment) -> Result<(), Failure> {
    let language = args.spoken.language(environment);
    if args.keys {
        output::print(pick(
            language,
            "按任意键查看其名称；q 结束。\n",
            "Each key tells its name; q ends.\n",
        ))?;
        return shell::spell_keys().map_err(|e| Failure::Dashboard(e.to_string()));
    }
    let size = std::io::stdout().is_terminal().then(shell::size).flatten();
    let examined = Examined {
        environment,
        size,
        answers: shell::interview(),
    };
    let findings = examined.findings();
    match args.format {
        CheckFormat::Json => output::write_document(&document(&findings), None, false),
        CheckFormat::Text => output::print(&page(&findings, language)),
    }
}

impl Examined<'_> {
    fn findings(&self) -> Vec<Finding> {
        let mut findings = self.program();
        findings.extend(self.folders());
        findings.extend(self.variables());
        findings.extend(self.terminal());
        findings
    }

    fn program(&self) -> Vec<Finding> {
        let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let version = env!("CARGO_PKG_VERSION");
        let fonts = "JetBrains Mono 2.242, Droid Sans Fallback 1.00c, GNU Unifont 15.0.01";
        let themes: Vec<&str> = ThemeName::BUILT_IN
            .into_iter()
            .chain(self.environment.themes.own.iter().copied())
            .map(ThemeName::id)
            .collect();
        let own = self.environment.themes.problems();
        let problems: Vec<&String> = self.environment.problems.iter().chain(own).collect();
        let row = |id, name, value| Finding {
            section: "program",
            id,
            name,
            value,
        };
        vec![
            row("version", ["版本", "version"], json!(version)),
            row("machine", ["系统", "machine"], json!(machine)),
            row(
                "parquet",
                ["支持 Parquet", "reads Parquet"],
                json!(cfg!(feature = "parquet")),
            ),
            row("fonts", ["内嵌字体", "embedded fonts"], json!(fonts)),
            row("themes", ["主题", "themes"], json!(themes)),
            row(
                "problems",
                ["配置问题", "configuration problems"],
                json!(problems),
            ),
        ]
    }

    fn folders(&self) -> Vec<Finding> {
        let e = self.environment;
        let config = e.config.as_deref();
        let beside = |name: &str| config.and_then(Path::parent).map(|f| f.join(name));
        let scenarios = e.home.as_ref().map(|home| home.join("scenarios"));
        let last = e.home.as_deref().and_then(memory::last);
        let row = |id, name, path: Option<&Path>| Finding {
            section: "paths",
            id,
            name,
            value: path.map_or(
                Value::Null,
                |path| json!({ "path": path.to_string_lossy(), "there": path.exists() }),
            ),
        };
        vec![
            row("config", ["配置", "configuration"], config),
            row(
                "keymap",
                ["按键表", "keymap"],
                beside("keymap.toml").as_deref(),
            ),
            row(
                "themes",
                ["主题文件夹", "themes"],
                config.and_then(themes_beside).as_deref(),
            ),
            row("data", ["程序数据", "data"], e.home.as_deref()),
            row("scenarios", ["假设方案", "scenarios"], scenarios.as_deref()),
            row("cache", ["缓存", "cache"], e.caches.as_deref()),
            row(
                "pictures",
                ["截图", "pictures"],
                super::config::pictures(e).folder.as_deref(),
            ),
            row("last", ["上次的数据集", "last data set"], last.as_deref()),
        ]
    }

    #[expect(clippy::unused_self, reason = "a part of what was examined")]
    fn variables(&self) -> Vec<Finding> {
        let names = [
            "TERM",
            "COLORTERM",
            "TERM_PROGRAM",
            "COLORFGBG",
            "NO_COLOR",
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "FASTDECK_HOME",
            "TMUX",
            "SSH_TTY",
        ];
        let row = |id: &'static str| Finding {
            section: "variables",
            id,
            name: [id; 2],
            value: std::env::var_os(id).map_or(Value::Null, |v| json!(v.to_string_lossy())),
        };
        names.map(row).into()
    }

    fn terminal(&self) -> Vec<Finding> {
        let settings = &self.environment.settings;
        let depth = if self.environment.no_color {
            Depth::None
        } else {
            settings.depth.unwrap_or(self.environment.depth)
        };
        let answers = self.answers.as_ref();
        let told = |value: fn(&Answers) -> Option<Value>| match answers {
            None => json!("not a terminal"),
            Some(answers) => value(answers).unwrap_or_else(|| json!("no answer")),
        };
        let size = self.size.map(|(c, r)| json!(format!("{c}x{r}")));
        let row = |id, name, value| Finding {
            section: "terminal",
            id,
            name,
            value,
        };
        vec![
            row(
                "size",
                ["大小", "size"],
                size.unwrap_or_else(|| json!("not a terminal")),
            ),
            row("colors", ["颜色", "colours"], json!(depth.id())),
            row("glyphs", ["字形", "glyphs"], json!(settings.glyphs.id())),
            row(
                "ground",
                ["底色（OSC 11）", "ground (OSC 11)"],
                told(ground),
            ),
            row(
                "ambiguous",
                ["歧义宽度", "ambiguous width"],
                told(|a| a.ambiguous.map(|a| json!(Ambiguous::id(a)))),
            ),
            row(
                "attributes",
                ["属性（DA1）", "attributes (DA1)"],
                told(|a| a.complete.then(|| json!(a.attributes))),
            ),
            row(
                "clipboard",
                ["剪贴板（OSC 52）", "clipboard (OSC 52)"],
                told(clipboard),
            ),
        ]
    }
}

fn ground(answers: &Answers) -> Option<Value> {
    answers.ground.map(|ground| {
        let light = contrast(ground, 0) > contrast(ground, 0x00ff_ffff);
        let theme = if light {
            ThemeName::Light
        } else {
            ThemeName::Dark
        };
        json!(format!("#{ground:06x} ({})", theme.id()))
    })
}

fn clipboard(answers: &Answers) -> Option<Value> {
    let said = if answers.attributes.contains(&CLIPBOARD) {
        "announced"
    } else {
        "not announced; many terminals take it all the same"
    };
    answers.complete.then(|| json!(said))
}

/// By section, then by id.
fn document(findings: &[Finding]) -> Value {
    let mut document = Map::new();
    for finding in findings {
        let section = document.entry(finding.section).or_insert_with(|| json!({}));
        if let Some(section) = section.as_object_mut() {
            section.insert(finding.id.to_owned(), finding.value.clone());
        }
    }
    Value::Object(document)
}

/// One line for every finding.
fn page(findings: &[Finding], language: Language) -> String {
    let name = |f: &Finding| pick(language, f.name[0], f.name[1]);
    let columns = findings.iter().map(|f| width(name(f))).max().unwrap_or(0);
    let mut page = String::new();
    let mut section = "";
    for finding in findings {
        if finding.section != section && !section.is_empty() {
            page.push('\n');
        }
        section = finding.section;
        let value = shown(&finding.value, language);
        writeln!(page, "{}  {value}", pad(name(finding), columns)).ok();
    }
    page
}

fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => pick(language, "是", "yes").to_owned(),
        Value::Bool(false) => pick(language, "否", "no").to_owned(),
        Value::String(text) => output::visible(said(text, language)),
        Value::Array(all) if all.is_empty() => "—".to_owned(),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(|v| shown(v, language)).collect();
            all.join(", ")
        }
        Value::Object(place) => {
            let path = place
                .get("path")
                .and_then(Value::as_str)
                .unwrap_or_default();
            match place.get("there").and_then(Value::as_bool) {
                Some(true) => output::visible(path),
                _ => format!(
                    "{} {}",
                    output::visible(path),
                    pick(language, "（没有）", "(not there)")
                ),
            }
        }
        Value::Number(number) => number.to_string(),
    }
}

/// The texts of this file in the language; others are names and stay.
fn said(text: &str, language: Language) -> &str {
    let zh = match text {
        "not a terminal" => "不是终端",
        "no answer" => "没有回答",
        "announced" => "已声明支持",
        "not announced; many terminals take it all the same" => "未声明；许多终端仍然支持",
        other => other,
    };
    pick(language, zh, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examined(answers: Option<Answers>) -> Vec<Finding> {
        let environment = Environment {
            problems: vec!["config.toml:1:1: unknown key `them`".into()],
            ..Environment::default()
        };
        let examined = Examined {
            environment: &environment,
            size: answers.is_some().then_some((120, 36)),
            answers,
        };
        examined.findings()
    }

    #[test]
    fn without_a_terminal_it_says_so() {
        let document = document(&examined(None));
        for id in ["size", "ground", "ambiguous", "clipboard"] {
            assert_eq!(document["terminal"][id], "not a terminal");
        }
        assert_eq!(document["paths"]["config"], Value::Null);
        assert_eq!(document["program"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(
            document["program"]["problems"][0]
                .as_str()
                .unwrap()
                .contains("them")
        );
    }

    #[test]
    fn answers_are_told_in_both_languages() {
        let answers = Answers {
            ground: Some(0x00fd_f6e3),
            ambiguous: Some(Ambiguous::Wide),
            complete: true,
            attributes: vec![62, 52],
            typed: Vec::new(),
        };
        let findings = examined(Some(answers));
        let zh = page(&findings, Language::Zh);
        for part in ["#fdf6e3 (light)", "wide", "已声明支持", "120x36"] {
            assert!(zh.contains(part), "{zh}");
        }
        let silent = page(&examined(Some(Answers::default())), Language::En);
        assert_eq!(silent.matches("no answer").count(), 4, "{silent}");
    }

    #[test]
    fn every_finding_has_two_names_and_its_own_id() {
        let findings = examined(None);
        for (i, finding) in findings.iter().enumerate() {
            assert!(finding.name.iter().all(|n| !n.is_empty()));
            let same = |f: &Finding| (f.section, f.id) == (finding.section, finding.id);
            assert!(!findings[..i].iter().any(same), "{}", finding.id);
        }
    }
}
