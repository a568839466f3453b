//! Panes and overlays at every size and in five data situations.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{aipl, brands, crowds, draw, gmv, list, overlay};
use crate::app::{
    Action, Key, Language, Loading, Overlay, Pane, Phase, Picker, State, press, settle, update,
};
use crate::view::fixture::{Situation, shown};
use crate::view::text::width;
use crate::view::{self, ThemeName};

fn state(situation: Situation, pane: Pane, size: (u16, u16)) -> State {
    shown(situation, pane, Language::Zh, size)
}

fn lines(buf: &Buffer) -> Vec<String> {
    let row = |y| {
        let mut out = String::new();
        let mut skip = 0;
        for x in buf.area.left()..buf.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = width(symbol).saturating_sub(1);
            out.push_str(symbol);
        }
        out
    };
    (buf.area.top()..buf.area.bottom()).map(row).collect()
}

fn draw(state: &State, size: (u16, u16)) -> Buffer {
    let theme = Theme::named(state.theme);
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buf = Buffer::empty(area);
    draw::fill(&mut buf, area, theme.base);
    match state.pane {
        Pane::Brands => brands::render(&view::brands::model(state), &theme, area, &mut buf),
        Pane::Crowds => crowds::render(&view::crowds::model(state), &theme, area, &mut buf),
        Pane::Gmv => drop(gmv::render(
            &view::gmv::model(state),
            &theme,
            area,
            &mut buf,
        )),
        Pane::Aipl => aipl::render(&view::aipl::model(state), &theme, area, &mut buf),
        _ => list::render(&view::list::model(state), &theme, area, &mut buf),
    }
    if let Some(model) = view::overlay::model(state) {
        let caret = overlay::render(&model, &theme, area, &mut buf);
        assert!(caret.is_none_or(|(x, y)| x < size.0 && y < size.1));
    }
    buf
}

fn overlays(state: &State) -> Vec<Option<Overlay>> {
    vec![
        None,
        Some(Overlay::Help(3)),
        Some(Overlay::Picker(Picker {
            text: "橡a".into(),
            caret: 1,
            before: state.slice.clone(),
            ..Picker::default()
        })),
        Some(Overlay::Picker(Picker::default())),
        Some(Overlay::Problems(7)),
        Some(Overlay::Filter {
            text: "o橡\u{1b}".into(),
            caret: 2,
        }),
    ]
}

const PANES: [Pane; 5] = [
    Pane::Brands,
    Pane::Crowds,
    Pane::Aipl,
    Pane::Gmv,
    Pane::Fast,
];

#[test]
fn every_size_and_situation_is_drawn_with_exact_widths() {
    let widths = [
        0, 1, 2, 3, 5, 9, 20, 39, 40, 59, 80, 100, 119, 120, 200, 300,
    ];
    let heights = [0, 1, 2, 3, 4, 6, 8, 11, 15, 19, 24, 30, 60, 100];
    for situation in Situation::ALL {
        for pane in PANES {
            let mut state = state(situation, pane, (120, 36));
            state.open_crowd = (situation == Situation::Extreme).then_some(2);
            for (i, w) in widths.into_iter().enumerate() {
                // Every width meets every third height, another third for the next width.
                for (j, h) in heights.into_iter().enumerate().skip(i % 3).step_by(3) {
                    state.size = (w, h);
                    state.language = [Language::Zh, Language::En][(i + j) % 2];
                    state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][i % 3];
                    let all = overlays(&state);
                    state.overlay = all[(i + 2 * j) % all.len()].clone();
                    check(&draw(&state, (w, h)), w);
                }
            }
        }
    }
}

fn check(buf: &Buffer, w: u16) {
    for line in lines(buf) {
        assert_eq!(width(&line), usize::from(w), "{line:?}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn loading_and_failed_screens_fit_everywhere() {
    for (w, h) in [(0, 0), (1, 1), (7, 3), (20, 6), (80, 24), (200, 60)] {
        let mut state = State {
            size: (w, h),
            loading: Some(Loading {
                done: 3,
                total: 7,
                rows: 1_234_567,
                rows_per_second: f64::NAN,
                ordering: false,
            }),
            ..State::default()
        };
        check(&draw(&state, (w, h)), w);
        state.loading = None;
        state.phase = Phase::Failed(vec!["坏\u{1b}[0m 文件 ".repeat(50); 90]);
        check(&draw(&state, (w, h)), w);
    }
}

/// Cells of the table rows that begin with these names: the text between runs of two blanks.
fn cells(buf: &Buffer, name: &str) -> Vec<String> {
    let line = lines(buf)
        .into_iter()
        .find(|l| l.contains(name))
        .unwrap_or_else(|| panic!("no row of {name}"));
    line.trim_matches(['│', ' ', '▸'])
        .split("  ")
        .map(str::trim)
        .filter(|c| !c.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn crowd_rows_hold_exact_numbers_at_full_width() {
    let mut s = state(Situation::Normal, Pane::Crowds, (200, 60));
    s.language = Language::En;
    let buf = draw(&s, (200, 60));
    let row = cells(&buf, "Supermoms");
    for number in [
        "383,078",
        "275,000",
        "+108,078 ▲",
        "12.77%",
        "8.80%",
        "+3.97 pp ▲",
    ] {
        assert!(row.iter().any(|c| c == number), "{number} not in {row:?}");
    }
    assert!(row.iter().any(|c| c == "¥2,750,000"), "{row:?}");
}

#[test]
fn a_missing_value_is_a_dash_with_its_reason_below() {
    let s = state(Situation::Missing, Pane::Crowds, (200, 60));
    let buf = draw(&s, (200, 60));
    assert!(cells(&buf, "Z世代").iter().any(|c| c == "—"));
    let text = lines(&buf).join("\n");
    assert!(text.contains("— Z世代 · 消费者"), "{text}");
}

#[test]
fn the_narrow_crowds_pane_keeps_the_metric_that_it_is_sorted_by() {
    use crate::app::order::{CrowdColumn, CrowdMetric};
    let mut s = state(Situation::Normal, Pane::Crowds, (80, 24));
    s.language = Language::En;
    let head = |s: &State| lines(&draw(s, (80, 24)))[1].clone();
    assert!(head(&s).contains("Consumers") && !head(&s).contains("GMV"));
    s.sorting[Pane::Crowds as usize].column = CrowdColumn::Gap(CrowdMetric::Gmv).place();
    assert!(head(&s).contains("GMV") && !head(&s).contains("Consumers"));
    assert!(lines(&draw(&s, (80, 24)))[2].contains("gap▼"));
}

/// Presses the keys of a script.
fn pressed(mut s: State, keys: &str) -> State {
    for key in Key::script(keys).unwrap() {
        let effects = press(&mut s, key);
        settle(&mut s, effects);
    }
    s
}

fn columns_text(s: &State) -> String {
    crate::app::columns::text(s.pane, &s.plans[s.pane as usize])
}

/// The names of the columns in the header row, as far as they stand there.
fn heads(s: &State, size: (u16, u16)) -> Vec<String> {
    let lines = lines(&draw(s, size));
    lines[2]
        .split_whitespace()
        .filter(|w| *w != "│")
        .map(str::to_owned)
        .collect()
}

#[test]
fn columns_scroll_beside_the_name_and_the_border_counts_the_others() {
    let mut s = state(Situation::Normal, Pane::Brands, (80, 24));
    s.language = Language::En;
    let size = (80, 12);
    let bottom = |s: &State| lines(&draw(s, size)).pop().unwrap();
    let best = heads(&s, size);
    assert!(bottom(&s).contains("columns ›"), "{}", bottom(&s));
    // The first step shows what had given way, the next ones scroll.
    let mut seen: Vec<Vec<String>> = Vec::new();
    for step in 1..=18 {
        s = pressed(s, "<Right>");
        let heads = heads(&s, size);
        assert_eq!(heads[0], "Brand", "step {step}");
        assert_eq!(bottom(&s).contains('‹'), step > 1, "{}", bottom(&s));
        seen.push(heads);
    }
    assert_eq!(seen[0][1], "Category");
    assert_eq!(seen[16].len(), 3, "{:?}", seen[16]);
    assert_eq!(seen[16], seen[17]);
    assert!(bottom(&s).contains("‹ 16 columns"), "{}", bottom(&s));
    let back = pressed(s, &"<Left>".repeat(17));
    assert_eq!(heads(&back, size), best);
}

#[test]
fn frozen_columns_stay_moved_ones_lead_and_hidden_ones_are_told() {
    let mut s = state(Situation::Normal, Pane::Brands, (120, 24));
    s.language = Language::En;
    let size = (64, 12);
    // Freeze name and category, hide the change of F, move its index before its value.
    s = pressed(s, "|jfjj KK<Esc>");
    assert_eq!(
        columns_text(&s),
        "brand,category|fast.f.index,fast.f,-fast.f.change"
    );
    let text = lines(&draw(&s, size)).join("\n");
    assert_eq!(heads(&s, size)[..4], ["Brand", "Category", "index", "now"]);
    assert!(text.contains("1 hidden · "), "{text}");
    s = pressed(s, "lll");
    assert_eq!(heads(&s, size)[..2], ["Brand", "Category"]);
    assert!(lines(&draw(&s, size)).join("\n").contains("‹ 3 columns"));
    s = pressed(s, "|0");
    assert_eq!(columns_text(&s), "");
    assert_eq!(s.cursors[Pane::Brands as usize].column, 0);
}

#[test]
fn the_list_of_columns_shows_its_cursor_at_every_size() {
    for size in [(20, 6), (40, 10), (80, 24), (120, 36)] {
        for keys in ["|", "|jjjjjjjj", "|G"] {
            let s = pressed(state(Situation::Normal, Pane::Crowds, size), keys);
            let Some(Overlay::Columns(form)) = &s.overlay else {
                panic!("{size:?} {keys}")
            };
            let model = view::columns::model(&s, form);
            let name = &model.rows[form.row].title;
            let text = lines(&draw(&s, size)).join("\n");
            assert!(text.contains(name), "{size:?} {keys}\n{text}");
        }
    }
}

#[test]
fn the_comparison_of_scenarios_turns_its_pages() {
    let mut s = state(Situation::Normal, Pane::Scenarios, (100, 24));
    s.language = Language::En;
    for (name, change) in [("a", "crowd.penetration[*]*=1.1"), ("b", "fast.f*=1.2")] {
        let scenario = crate::scenario::Scenario::parse(change).unwrap();
        crate::app::propose(&mut s, name, scenario);
    }
    s = pressed(s, "2<Tab>7");
    let text = |s: &State| {
        let theme = Theme::named(s.theme);
        let area = Rect::new(0, 0, 100, 20);
        let mut buf = Buffer::empty(area);
        let view::PaneModel::Scenarios(model) = view::screen(s).pane else {
            panic!("another pane")
        };
        super::scenarios::render(&model, &theme, area, &mut buf);
        lines(&buf).join("\n")
    };
    assert!(text(&s).contains("more rows"), "{}", text(&s));
    let mut seen = String::new();
    for _ in 0..12 {
        s = pressed(s, "<PgDn>");
        seen.push_str(&text(&s));
    }
    assert!(seen.contains("1–") && seen.contains(" / "), "{seen}");
    for name in ["Changes", "FAST", "All crowds", "AOV"] {
        assert!(seen.contains(name), "{name}\n{seen}");
    }
    s = pressed(s, &"<PgUp>".repeat(12));
    assert_eq!(s.cursors[Pane::Scenarios as usize].top, 0);
}

/// What a click at the first place of a text does.
fn clicked(mut s: State, what: &str) -> State {
    let area = Rect::new(0, 0, s.size.0, s.size.1);
    let theme = Theme::named(s.theme);
    let mut buf = Buffer::empty(area);
    let screen = view::screen(&s);
    super::render(&screen, &theme, area, &mut buf);
    let at = lines(&buf).iter().enumerate().find_map(|(y, line)| {
        let x = width(&line[..line.find(what)?]);
        Some((x as u16, y as u16))
    });
    let at = at.unwrap_or_else(|| panic!("no {what}\n{}", lines(&buf).join("\n")));
    if let Some(pointed) = super::hit(&screen, &theme, area, at) {
        let effects = update(&mut s, Action::Point(pointed));
        settle(&mut s, effects);
    }
    s
}

#[test]
fn a_click_does_what_is_seen_under_it() {
    let mut s = state(Situation::Normal, Pane::Fast, (120, 36));
    s.language = Language::En;
    s = clicked(s, "4 Crowds");
    assert_eq!(s.pane, Pane::Crowds);
    s = clicked(s, "1 Brands");
    assert_eq!(s.pane, Pane::Brands);
    s = clicked(s, "Tideland");
    assert_eq!(s.cursors[Pane::Brands as usize].row, 5);
    s = clicked(s, "index");
    let sorting = s.sorting[Pane::Brands as usize];
    assert_eq!(sorting.column, Some(4));
    assert_eq!(s.cursors[Pane::Brands as usize].row, brand_row(&s, 5));
    // A second click on a row opens it.
    s = clicked(s, "Mr. Chestnut");
    assert_eq!(s.pane, Pane::Brands);
    s = clicked(s, "Mr. Chestnut");
    assert_eq!((s.pane, s.brand), (Pane::Fast, 3));
    s = clicked(s, "Tab pane");
    assert_eq!(s.pane, Pane::FastPlus);
    s = pressed(s, "?");
    // Behind what lies over the pane nothing is hit.
    let before = s.clone();
    s = clicked(s, "4 Crowds");
    assert_eq!((s.pane, s.overlay), (before.pane, before.overlay));
}

fn brand_row(s: &State, brand: usize) -> usize {
    let order = crate::app::order::brand_order(s);
    order.iter().position(|b| *b == brand).unwrap()
}

#[test]
fn lists_are_gone_through_by_clicks_and_by_the_wheel() {
    let mut s = state(Situation::Normal, Pane::Crowds, (120, 36));
    s.language = Language::En;
    s = clicked(pressed(s, "|"), "[x] Owner");
    assert!(matches!(&s.overlay, Some(Overlay::Columns(form)) if form.row == 1));
    s = clicked(s, "[x] Owner");
    assert_eq!(columns_text(&s), "crowd,-owner");
    s = pressed(s, "<Esc>y");
    s = clicked(s, "Markdown");
    assert!(
        matches!(s.overlay, Some(Overlay::Copy(2))),
        "{:?}",
        s.overlay
    );
    update(&mut s, Action::Wheel(-2));
    assert!(matches!(s.overlay, Some(Overlay::Copy(0))));
    s = pressed(s, "<Esc>");
    update(&mut s, Action::Wheel(3));
    assert_eq!(s.cursors[Pane::Crowds as usize].row, 3);
    update(&mut s, Action::Across(2));
    assert_eq!(s.cursors[Pane::Crowds as usize].column, 1);
    s = pressed(s, "6");
    update(&mut s, Action::Across(1));
    s.size = (30, 8);
    s = clicked(pressed(s, "4"), "Supermoms");
    assert_eq!(s.cursors[Pane::Crowds as usize].row, 1);
}

#[test]
fn every_place_lies_on_the_screen_and_every_header_is_hit() {
    for size in [(1, 1), (20, 6), (40, 10), (80, 24), (120, 36), (200, 60)] {
        for pane in Pane::ALL {
            let mut s = state(Situation::Extreme, pane, size);
            let area = Rect::new(0, 0, size.0, size.1);
            for overlay in overlays(&s) {
                s.overlay = overlay;
                let theme = Theme::named(s.theme);
                for (place, pointed) in super::hits(&view::screen(&s), &theme, area) {
                    assert_eq!(place.intersection(area), place, "{size:?} {pointed:?}");
                }
            }
        }
    }
}

#[test]
fn a_long_table_shows_the_row_of_the_cursor() {
    let mut s = state(Situation::Normal, Pane::Brands, (100, 7));
    for (row, name) in [
        (0, "Oak & Hearth"),
        (3, "Mr. Chestnut"),
        (5, "Tideland"),
        (99, "Tideland"),
    ] {
        s.language = Language::En;
        s.cursors[Pane::Brands as usize].row = row;
        let lines = lines(&draw(&s, (100, 7)));
        let at = lines.iter().find(|l| l.contains('▸')).unwrap();
        assert!(at.contains(name), "{row}: {at}");
    }
}

#[test]
fn marks_of_a_scrolled_table_hide_no_digit() {
    let mut s = state(Situation::Normal, Pane::Crowds, (60, 9));
    for row in 0..8 {
        s.cursors[Pane::Crowds as usize].row = row;
        for line in lines(&draw(&s, (60, 9))).iter().filter(|l| l.contains('▐')) {
            assert!(
                line.trim_end_matches('│').trim_end().ends_with(" ▐"),
                "{line}"
            );
        }
    }
}

#[test]
fn ten_thousand_crowds_and_a_hundred_thousand_brands_are_drawn_at_once() {
    use crate::facts::{Brand, Crowd, Dataset, Engine};
    use std::sync::Arc;
    let data = Dataset {
        brands: vec![
            Brand {
                name_zh: "橡木".into(),
                ..Brand::default()
            };
            100_000
        ],
        crowds: vec![
            Crowd {
                name_zh: "人群".into(),
                ..Crowd::default()
            };
            10_000
        ],
        ..Dataset::default()
    };
    let mut s = state(Situation::Normal, Pane::Brands, (200, 60));
    s.phase = Phase::Ready(Arc::new(Engine::new(Arc::new(data))));
    let mut board = s.board.as_deref().cloned().unwrap();
    let mut figures = board.brands[0].figures.clone();
    figures.retain(|f| f.metric.id.starts_with("fast."));
    let one = board.brands[0].figures.clone();
    let crowd = one.iter().filter(|f| {
        f.metric.id.starts_with("crowd.") && format!("{:?}", f.part).contains("Crowd(0)")
    });
    for c in 0..10_000 {
        Arc::make_mut(&mut board.brands[0])
            .figures
            .extend(crowd.clone().map(|f| crate::board::Figure {
                part: crate::board::Part::Crowd(crate::facts::CrowdKey::Crowd(c)),
                ..f.clone()
            }));
    }
    board.brands.truncate(1);
    board.brands.extend((1..100_000).map(|brand| {
        Arc::new(crate::board::BrandBoard {
            brand,
            full: false,
            figures: figures.clone(),
            history: Vec::new(),
            bounded: Vec::new(),
            workbench: None,
            detected: None,
        })
    }));
    s.board = Some(Arc::new(board));
    for (pane, column) in [(Pane::Brands, 3), (Pane::Crowds, 4)] {
        s.pane = pane;
        s.sorting[pane as usize].column = Some(column);
        s.cursors[pane as usize].row = 5_000;
        let start = std::time::Instant::now();
        draw(&s, (200, 60));
        let took = start.elapsed();
        // Unoptimised builds on a busy machine are slow; what must not happen is a search per row.
        assert!(took.as_millis() < 2_000, "{pane:?}: {took:?}");
    }
}

#[test]
fn the_flow_matrix_names_both_ends_and_the_five_terms() {
    let mut s = state(Situation::Normal, Pane::Aipl, (200, 60));
    s.language = Language::En;
    let text = lines(&draw(&s, (200, 60))).join("\n");
    for word in [
        "from\\to",
        "603,530",
        "+ New",
        "▲ Deepened",
        "− Lost",
        "A → I P L",
        "10.16%",
    ] {
        assert!(text.contains(word), "{word}\n{text}");
    }
}

#[test]
fn help_lists_every_command_and_the_picker_says_what_a_condition_means() {
    let mut s = state(Situation::Normal, Pane::Brands, (200, 300));
    s.language = Language::En;
    s.overlay = Some(Overlay::Help(0));
    let text = lines(&draw(&s, (200, 300))).join("\n");
    for command in crate::app::COMMANDS {
        let start: String = command.help[1].chars().take(24).collect();
        assert!(text.contains(&start), "{start}");
    }
    s.overlay = Some(Overlay::Picker(Picker {
        text: "gen".into(),
        caret: 3,
        ..Picker::default()
    }));
    let buf = draw(&s, (200, 100));
    let text = lines(&buf).join("\n");
    assert!(text.contains("filter: people who have any of these values"));
    assert!(text.contains("[ ] GenZ") && !text.contains("Supermoms · "));
}

#[test]
fn the_caret_stands_behind_what_was_typed() {
    let mut s = state(Situation::Normal, Pane::Brands, (80, 24));
    let caret = |s: &State, size: (u16, u16)| {
        let theme = Theme::named(ThemeName::Dark);
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::empty(area);
        let model = view::overlay::model(s).unwrap();
        let place = overlay::render(&model, &theme, area, &mut buf).unwrap();
        (place, buf[place].symbol().to_owned())
    };
    s.overlay = Some(Overlay::Filter {
        text: "橡木x".into(),
        caret: 2,
    });
    let ((x, y), under) = caret(&s, (80, 24));
    assert_eq!((y, under.as_str()), (22, "x"));
    s.overlay = Some(Overlay::Filter {
        text: "橡木".repeat(60),
        caret: 120,
    });
    let ((far, _), _) = caret(&s, (80, 24));
    assert!(far > x && far < 80);
}
