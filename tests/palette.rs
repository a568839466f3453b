//! The palette at the keyboard: what is typed, what stands first, what Enter does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::sync::Arc;

use fastdeck::app::palette::{Access, Target, chosen};
use fastdeck::app::{
    Action, COMMANDS, Context, Effect, Language, Overlay, Pane, State, ThemeName, contexts, open,
    press, settle, update,
};
use fastdeck::board::{Against, Part};
use fastdeck::facts::{Attribute, Brand, Crowd, Dataset, Engine};
use fastdeck::metrics::definitions::DEFINITIONS;
use fastdeck::ui::{self, Theme};
use fastdeck::view::number::Number;
use fastdeck::view::palette::PaletteModel;
use fastdeck::view::text::width;
use fastdeck::{capture, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use seat::{demo, frame, keys, run, seated};

/// Empties the field and types a query; nothing is a key.
fn ask(state: &mut State, query: &str) {
    if !matches!(state.overlay, Some(Overlay::Palette(_))) {
        keys(state, ":");
    }
    keys(state, "<Ctrl-u>");
    update(state, Action::Paste(query.to_owned()));
}

fn model(state: &State) -> PaletteModel {
    match &state.overlay {
        Some(Overlay::Palette(form)) => view::palette::model(state, form),
        other => panic!("no palette: {other:?}"),
    }
}

/// What a find is, in short.
fn tell(state: &State, target: &Target) -> String {
    let data = state.dataset().unwrap();
    match target {
        Target::Figure(id, part, _) => format!("figure {id} {part:?}"),
        Target::Pane(pane, _) => format!("pane {}", pane.id()),
        Target::Command(id) => format!("command {id}"),
        Target::Against(a) => format!("against {a}"),
        Target::Theme(t) => format!("theme {t:?}"),
        Target::Speak(l) => format!("language {l:?}"),
        Target::View(name) => format!("view {name}"),
        Target::Scenario(name) => format!("scenario {name}"),
        Target::Metric(id) => format!("metric {id}"),
        Target::Crowd(k) => format!("crowd {}", data.crowds[*k].id),
        Target::Brand(b) => format!("brand {}", data.brands[*b].id),
        Target::Value {
            dimension, value, ..
        } => format!("value {dimension}={value}"),
        Target::Term(at) => format!("term {}", fastdeck::metrics::glossary::GLOSSARY[*at].id),
        Target::Definition(at) => format!("definition {}", DEFINITIONS[*at].id),
    }
}

fn first(state: &mut State, query: &str) -> String {
    ask(state, query);
    chosen(state).map_or_else(|| "nothing".to_owned(), |e| tell(state, &e.target))
}

/// Query → what stands first, with the FAST pane of the demo beneath.
const FIRST: &[(&str, &str)] = &[
    // panes: Chinese, initials, full pinyin, English, mixed
    ("clrq", "pane crowds"),
    ("celue", "pane crowds"),
    ("策略", "pane crowds"),
    ("crowd", "pane crowds"),
    ("cel人群", "pane crowds"),
    ("策略rq", "pane crowds"),
    ("ＣＬＲＱ", "pane crowds"),
    ("pp", "pane brands"),
    ("品牌", "pane brands"),
    ("fast", "pane fast"),
    ("fast+", "pane fast-plus"),
    ("aipl", "pane aipl"),
    ("gmv", "pane gmv"),
    ("qingjing", "pane scenarios"),
    ("guiyin", "pane why"),
    ("zw", "pane outlook"),
    ("zhanwang", "pane outlook"),
    ("outl", "pane outlook"),
    // commands
    ("qp", "command slice"),
    ("切片", "command slice"),
    ("slice", "command slice"),
    ("qingchuqiepian", "command slice-clear"),
    ("jiashe", "command levers"),
    ("what-if", "command levers"),
    ("cx", "command undo"),
    ("撤销", "command undo"),
    ("chongzuo", "command redo"),
    ("重做", "command redo"),
    ("jieping", "command capture-screen"),
    ("picture", "command capture-screen"),
    ("fupan", "command review"),
    ("review", "command review"),
    ("pizhu", "command note"),
    ("pzlb", "command notes"),
    ("fantui", "command seek"),
    ("goal", "command seek"),
    ("chongxinzairu", "command reload"),
    ("cxzr", "command reload"),
    ("reload", "command reload"),
    ("help", "command help"),
    ("bz", "command help"),
    ("quit", "command quit"),
    ("tuichu", "command quit"),
    ("paixu", "command sort"),
    ("sort", "command sort"),
    ("/", "command slice"),
    ("zhuti", "command theme"),
    ("qyz", "command week-back"),
    ("Cursor down", "command down"),
    // choices
    ("去年同日", "against year-ago"),
    ("previous month", "against previous-month"),
    ("shense", "theme Dark"),
    ("light", "theme Light"),
    ("yingwen", "language En"),
    ("english", "command language"),
    // metrics
    ("渗透率", "metric crowd.penetration"),
    ("stl", "metric crowd.penetration"),
    ("penetration", "metric crowd.penetration"),
    ("kedanjia", "metric crowd.aov"),
    ("guanxijiashenlv", "metric fast.a"),
    ("hyhyl", "metric fast.t"),
    ("thriving", "metric fast.t"),
    ("消费者资产", "metric aipl.total"),
    // crowds and slice values
    ("genz", "crowd genz"),
    ("jzmm", "crowd supermom"),
    ("精致妈妈", "crowd supermom"),
    ("douyin", "value channel=douyin"),
    ("抖音", "value channel=douyin"),
    ("xhs", "value channel=xiaohongshu"),
    // terms
    ("tgi", "term tgi"),
    ("rfm", "term rfm"),
    ("grow", "term grow"),
    ("hlk", "term rate_card"),
    ("sjyh", "term databank"),
    ("weimaozhaohui", "nothing"),
];

#[test]
fn what_is_asked_for_stands_first() {
    let mut state = seated(demo(), Pane::Fast);
    assert!(FIRST.len() > 60);
    let mut wrong = Vec::new();
    for language in [Language::Zh, Language::En] {
        state.language = language;
        for (query, expected) in FIRST {
            let found = first(&mut state, query);
            if found != *expected {
                wrong.push(format!("{language:?} `{query}`: {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rank of a command among the finds of a query.
fn rank(state: &mut State, query: &str, id: &str) -> Option<usize> {
    ask(state, query);
    let finds = state.palette.finds.clone().unwrap();
    let is = |row: &usize| {
        let entry = finds.get(*row).unwrap();
        matches!(&entry.target, Target::Command(c) | Target::Pane(_, c) if *c == id)
    };
    (0..finds.len()).find(is)
}

/// The pinyin of a text as a person types it: initials of Chinese, the rest as it is.
fn initials(text: &str) -> String {
    use pinyin::ToPinyin;
    let readings = [("重", "c"), ("还", "h"), ("行", "h")];
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| match readings.iter().find(|(z, _)| z.starts_with(c)) {
            Some((_, said)) => (*said).to_owned(),
            None => c
                .to_pinyin()
                .map_or_else(|| c.to_string(), |p| p.first_letter().to_owned()),
        })
        .collect()
}

#[test]
fn every_command_is_found_by_its_names() {
    let mut state = seated(demo(), Pane::Brands);
    let mut wrong = Vec::new();
    for command in COMMANDS {
        let context = command.context.title();
        let queries = [
            format!("{} {}", command.title[0], context[0]),
            format!("{} {}", initials(command.title[0]), context[0]),
            format!("{} {}", command.title[1], context[1]),
            format!("{} {}", command.help[0], context[0]),
            format!("{} {}", command.help[1], context[1]),
        ];
        for query in queries {
            let found = rank(&mut state, &query, command.id);
            if found.is_none_or(|r| r >= 8) {
                wrong.push(format!("{} by `{query}`: {found:?}", command.id));
            }
        }
        // By the title alone it stands among those of the same title.
        let same = COMMANDS
            .iter()
            .filter(|c| c.title[0] == command.title[0])
            .count();
        let found = rank(&mut state, command.title[0], command.id);
        if found.is_none_or(|r| r >= 8.max(same + 4)) {
            wrong.push(format!("{} by its title alone: {found:?}", command.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_done_says_why_and_the_palette_stays() {
    let mut state = seated(demo(), Pane::Fast);
    assert_eq!(first(&mut state, "排序"), "command sort");
    let shown = model(&state);
    assert!(
        !shown.enabled && shown.enter.contains("表格"),
        "{}",
        shown.enter
    );
    keys(&mut state, "<Enter>");
    assert!(matches!(state.overlay, Some(Overlay::Palette(_))));
    assert!(
        state
            .notice
            .as_ref()
            .unwrap()
            .en
            .contains("works in: Tables")
    );
    assert_eq!(first(&mut state, "撤销"), "command undo");
    let shown = model(&state);
    assert!(
        !shown.enabled && shown.enter.contains("没有可以撤销"),
        "{}",
        shown.enter
    );
    // The same command can be done where its context listens.
    let mut state = seated(demo(), Pane::Crowds);
    first(&mut state, "排序");
    assert!(model(&state).enabled);
    keys(&mut state, "<Enter>");
    assert!(state.overlay.is_none());
    assert_eq!(state.sorting[Pane::Crowds as usize].column, Some(0));
}

#[test]
fn enter_does_what_it_says_and_one_undo_takes_it_back() {
    let mut state = seated(demo(), Pane::Fast);
    let before = frame(&state);
    ask(&mut state, "douyin");
    keys(&mut state, "<Enter>");
    assert!(state.overlay.is_none());
    assert_eq!(state.slice.to_string(), "channel=douyin");
    keys(&mut state, "u");
    state.notice = None;
    assert_eq!(frame(&state), before);
    // A value that is in the slice goes out of it.
    keys(&mut state, "<Ctrl-r>");
    ask(&mut state, "douyin");
    assert!(model(&state).enter.starts_with("移出切片"));
    keys(&mut state, "<Enter>");
    assert!(state.slice.is_empty());

    ask(&mut state, "去年同日");
    keys(&mut state, "<Enter>");
    assert_eq!(state.against, Against::YearAgo);
    ask(&mut state, "jzmm");
    keys(&mut state, "<Enter>");
    assert_eq!(state.pane, Pane::Crowds);
    let crowds = &state.dataset().unwrap().crowds;
    assert_eq!(crowds[state.open_crowd.unwrap()].id, "supermom");
    ask(&mut state, "light");
    keys(&mut state, "<Enter>");
    assert_eq!(state.theme, ThemeName::Light);
    ask(&mut state, "yingwen");
    keys(&mut state, "<Enter>");
    assert_eq!(state.language, Language::En);
    let last = state.dataset().unwrap().brands.last().unwrap().clone();
    ask(&mut state, &last.name_zh);
    keys(&mut state, "<Enter>");
    assert_eq!(state.brand_id(), last.id);
    assert_eq!(first(&mut state, "hyhyl"), "metric fast.t");
    keys(&mut state, "<Enter>");
    assert_eq!(state.pane, Pane::Fast);
    assert_eq!(first(&mut state, "quit"), "command quit");
    assert!(keys(&mut state, "<Enter>").contains(&Effect::Quit));
}

#[test]
fn what_was_chosen_last_stands_first_in_an_empty_field() {
    let mut state = seated(demo(), Pane::Fast);
    for query in ["genz", "clrq", "douyin"] {
        ask(&mut state, query);
        keys(&mut state, "<Enter>");
    }
    ask(&mut state, "");
    let finds = state.palette.finds.clone().unwrap();
    let told: Vec<String> = (0..3)
        .map(|r| tell(&state, &finds.get(r).unwrap().target))
        .collect();
    assert_eq!(told, ["value channel=douyin", "pane crowds", "crowd genz"]);
    let all = finds.len();
    assert!(all > COMMANDS.len() + 150, "{all}");
}

#[test]
fn every_figure_of_the_brand_is_found_by_the_number_that_is_shown() {
    for language in [Language::Zh, Language::En] {
        let mut state = seated(demo(), Pane::Fast);
        state.language = language;
        let board = state.board.clone().unwrap();
        let brand = board.brand(state.brand).unwrap();
        let mut seen = 0;
        for figure in brand.figures.iter().step_by(3) {
            let preferred = brand.get(figure.metric.id, figure.part).unwrap();
            if figure.now.get().is_none_or(|x| x < 1.0e-4) || preferred.source != figure.source {
                continue;
            }
            let number = Number::of(figure.now, figure.unit(), language);
            for typed in [number.exact(), number.brief(8)] {
                ask(&mut state, &typed);
                let finds = state.palette.finds.clone().unwrap();
                let wanted = Target::Figure(figure.metric.id, figure.part, figure.source);
                let found = (0..finds.len()).any(|r| finds.get(r).unwrap().target == wanted);
                assert!(found, "{} {:?} by `{typed}`", figure.metric.id, figure.part);
            }
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
    }
}

#[test]
fn a_number_leads_to_the_row_where_it_stands() {
    let mut state = seated(demo(), Pane::Fast);
    let board = state.board.clone().unwrap();
    let brand = board.brand(state.brand).unwrap();
    let crowd = state
        .dataset()
        .unwrap()
        .crowds
        .iter()
        .position(|c| c.id == "supermom");
    let crowd = crowd.unwrap();
    let part = Part::Crowd(fastdeck::facts::CrowdKey::Crowd(crowd as u32));
    let figure = brand.get("crowd.consumers", part).unwrap();
    let typed = Number::of(figure.now, figure.unit(), Language::Zh).exact();
    ask(&mut state, &typed);
    assert!(matches!(chosen(&state).unwrap().target, Target::Figure(..)));
    keys(&mut state, "<Enter>");
    assert_eq!((state.pane, state.open_crowd), (Pane::Crowds, Some(crowd)));
    let row = state.cursors[Pane::Crowds as usize].row;
    assert_eq!(fastdeck::app::order::crowd_order(&state)[row], crowd);
}

#[test]
fn a_term_is_read_and_esc_comes_back_step_by_step() {
    let mut state = seated(demo(), Pane::Fast);
    let before = frame(&state);
    ask(&mut state, "tgi");
    assert!(model(&state).detail.unwrap().source.contains("§9"));
    keys(&mut state, "<Enter>");
    assert!(model(&state).reading);
    assert!(frame(&state).contains("基准人群"));
    keys(&mut state, "<Esc>");
    assert!(!model(&state).reading);
    keys(&mut state, "<Esc>");
    assert_eq!(frame(&state), before);
}

#[test]
fn it_opens_over_every_overlay_that_hears_general_keys_and_gives_it_back() {
    for (opener, id) in [("s", "lever-more"), ("?", "reader-down"), ("", "pane-next")] {
        let mut state = seated(demo(), Pane::Crowds);
        keys(&mut state, opener);
        assert!(contexts(&state).contains(&Context::Global));
        let beneath = state.overlay.clone();
        keys(&mut state, "：");
        assert!(
            matches!(state.overlay, Some(Overlay::Palette(_))),
            "{opener}"
        );
        assert_eq!(
            state.palette.access(&Target::Command(id)),
            Access::Here,
            "{id}"
        );
        keys(&mut state, "<Esc>");
        assert_eq!(state.overlay, beneath);
        keys(&mut state, "<Ctrl-p>");
        assert!(
            matches!(state.overlay, Some(Overlay::Palette(_))),
            "{opener}"
        );
    }
    for pane in Pane::ALL {
        let mut state = seated(demo(), pane);
        run(&mut state, "palette");
        assert!(!model(&state).rows.is_empty(), "{pane:?}");
    }
}

#[test]
fn without_data_there_are_commands_and_no_panic() {
    let mut state = State {
        size: (80, 24),
        ..State::default()
    };
    ask(&mut state, "tuichu");
    assert!(matches!(
        chosen(&state).unwrap().target,
        Target::Command("quit")
    ));
    ask(&mut state, "412.8万");
    assert!(chosen(&state).is_none());
    keys(&mut state, "<Enter>");
    assert!(frame(&state).contains("没有找到"));
}

const HOSTILE: &str = "\u{1b}[31m橡👨‍👩‍👧木\u{202e}ab\u{200b}\tx\u{9b}İ南安";

fn hostile() -> Arc<Engine> {
    let names = |i: usize| match i % 4 {
        0 => format!("{HOSTILE}{i}"),
        1 => "南安".repeat(4000),
        2 => "e\u{301}".repeat(500),
        _ => String::new(),
    };
    let data = Dataset {
        name: HOSTILE.into(),
        fingerprint: "0123456789abcdef".into(),
        time_zone: "Asia/Shanghai".into(),
        brands: (0..8)
            .map(|i| Brand {
                id: format!("{HOSTILE}{i}"),
                name_zh: names(i),
                name_en: names(i + 1),
                ..Brand::default()
            })
            .collect(),
        crowds: (0..8)
            .map(|i| Crowd {
                id: format!("c{i}"),
                name_zh: names(i + 2),
                name_en: names(i),
                rule: Some(HOSTILE.into()),
                ..Crowd::default()
            })
            .collect(),
        ..Dataset::default()
    };
    Arc::new(Engine::new(Arc::new(data)))
}

fn paint(state: &State) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    let screen = view::screen(state);
    let area = buf.area;
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buf);
    buf
}

#[test]
fn every_size_has_exact_lines_and_names_of_files_are_inert() {
    for engine in [demo(), hostile()] {
        let mut state = State::default();
        open(&mut state, engine);
        for query in [
            "", "橡", "ab", "nanan", "x", "i̇", "\u{1b}", "tgi", "clrq", "zzzz", "12",
        ] {
            ask(&mut state, query);
            for size in [
                (0, 0),
                (1, 1),
                (20, 6),
                (39, 9),
                (60, 20),
                (80, 24),
                (120, 36),
                (200, 60),
            ] {
                for (language, theme) in [
                    (Language::Zh, ThemeName::Dark),
                    (Language::En, ThemeName::Mono),
                ] {
                    (state.size, state.language, state.theme) = (size, language, theme);
                    let buf = paint(&state);
                    for line in capture::text(&buf).lines() {
                        assert!(width(line) <= usize::from(size.0), "{size:?} {line}");
                        assert!(!line.chars().any(char::is_control), "{line:?}");
                    }
                }
            }
            for key in ["<Down>", "<PgDn>", "<Up>", "<PgUp>"] {
                keys(&mut state, key);
            }
        }
    }
}

#[test]
fn the_caret_stands_behind_what_was_typed() {
    let mut state = seated(demo(), Pane::Fast);
    for (query, columns) in [("", 0), ("clrq", 4), ("策略", 4)] {
        ask(&mut state, query);
        let screen = view::screen(&state);
        let area = Rect::new(0, 0, state.size.0, state.size.1);
        let mut buf = Buffer::empty(area);
        let caret = ui::render(&screen, &Theme::named(screen.theme), area, &mut buf);
        let (x, y) = caret.expect("a field has a caret");
        let line = capture::text(&buf)
            .lines()
            .nth(usize::from(y))
            .unwrap()
            .to_owned();
        let label = line.split(": ").next().unwrap();
        assert_eq!(
            usize::from(x),
            width(label) + 2 + columns,
            "{query}: {line}"
        );
    }
}

#[test]
fn marks_stand_under_what_was_looked_for() {
    let mut state = seated(demo(), Pane::Fast);
    for (query, marked) in [("策略", "策略"), ("clrq", "策略人群"), ("rq", "人群")] {
        ask(&mut state, query);
        let shown = model(&state);
        let row = shown
            .rows
            .iter()
            .find(|r| r.name.iter().map(|(t, _)| t.as_str()).collect::<String>() == "策略人群");
        let text: String = row
            .unwrap()
            .name
            .iter()
            .filter(|(_, m)| *m)
            .map(|(t, _)| t.as_str())
            .collect();
        assert_eq!(text, marked, "{query}");
    }
}

#[test]
fn twenty_thousand_names_are_looked_through_and_the_right_one_is_first() {
    let mut state = State::default();
    open(&mut state, many());
    for (query, expected) in [
        ("品牌07777", "brand b7777"),
        ("pinpai07777", "brand b7777"),
        ("pp07777", "brand b7777"),
        ("Brand 07777", "brand b7777"),
        ("值07777", "value shape=值07777"),
        ("shape 07777", "value shape=值07777"),
        ("clrq", "pane crowds"),
    ] {
        assert_eq!(first(&mut state, query), expected, "{query}");
    }
    ask(&mut state, "b");
    assert!(state.palette.finds.as_ref().unwrap().len() > 10_000);
}

#[test]
#[ignore = "prints how long a query takes; a measurement, not a check"]
fn how_long_a_query_takes() {
    let mut state = State::default();
    open(&mut state, many());
    let start = std::time::Instant::now();
    keys(&mut state, ":");
    println!("open {:?}", start.elapsed());
    for query in [
        "b",
        "p",
        "pinpai",
        "pp077",
        "值077",
        "brand 777",
        "zqx",
        "bnd77",
    ] {
        let mut times: Vec<_> = (0..9)
            .map(|_| {
                ask(&mut state, "");
                let start = std::time::Instant::now();
                ask(&mut state, query);
                start.elapsed() / 2
            })
            .collect();
        times.sort();
        println!("{query}: {:?}", times[4]);
    }
}

/// 10,000 brands and 10,000 values of a dimension.
fn many() -> Arc<Engine> {
    let brand = |i: usize| Brand {
        id: format!("b{i}"),
        name_zh: format!("品牌{i:05}"),
        name_en: format!("Brand {i:05}"),
        ..Brand::default()
    };
    let data = Dataset {
        name: "many".into(),
        fingerprint: "0123456789abcdef".into(),
        time_zone: "Asia/Shanghai".into(),
        brands: (0..10_000).map(brand).collect(),
        attributes: vec![Attribute {
            id: "shape".into(),
            values: (0..10_000).map(|i| format!("值{i:05}")).collect(),
            ..Attribute::default()
        }],
        ..Dataset::default()
    };
    Arc::new(Engine::new(Arc::new(data)))
}

#[test]
fn typing_never_asks_for_a_board() {
    let mut state = seated(demo(), Pane::Fast);
    for key in fastdeck::app::Key::script(":clrq<Down><Esc>").unwrap() {
        let effects = press(&mut state, key);
        assert!(
            !effects.iter().any(|e| matches!(e, Effect::Compute(..))),
            "{key}"
        );
        settle(&mut state, effects);
    }
}
