//! [`COMMANDS`]: one row for everything a user can ask for.
//!
//! The default keymap, the man page and the docs read the keys of this table; dispatch, the footer,
//! the `?` overlay and `fastdeck keys` read the keymap of the session. No help text is written
//! anywhere else. To add a key, add a row.

use super::action::Effect;
use super::layout::Frame;
use super::seek::Section;
use super::state::{Overlay, Pane, Phase, State};
use super::update::{
    beside, brand, columns, compare, crowd, cursor, date, definitions, explain, field, gmv,
    history, layout, levers, load, look, notes, outlook, palette, pane, picker, picture, pointer,
    reader, review, scenario, seek, tour, views, why,
};

/// Whether a command can run now; if not, why, in Chinese and English, with `{id}` for the key of a
/// command ([`Keymap::spell`](super::Keymap::spell)).
pub type Enabled = Result<(), [&'static str; 2]>;

/// Where the keys of a command are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Panes with rows: Brands, Crowds and Scenarios.
    Table,
    /// Panes with cards: FAST, FAST+ and AIPL.
    Cards,
    /// The Brands pane.
    Brands,
    /// The Scenarios pane.
    Scenarios,
    /// The GMV workbench.
    Gmv,
    /// The Why pane.
    Why,
    /// The Outlook pane.
    Outlook,
    /// The drawer of levers.
    Levers,
    /// The value of a lever.
    Entry,
    /// The goal seek.
    Seek,
    /// The lists of the goal seek.
    SeekList,
    /// The cost of a lever in the goal seek.
    SeekCost,
    /// The name of a scenario.
    Naming,
    /// A note that is being written.
    Note,
    /// The list of notes.
    Notes,
    /// What goes to the clipboard.
    Copy,
    /// The palette.
    Palette,
    /// What a number is.
    Explain,
    /// The comparison.
    Compare,
    /// The definitions.
    Definitions,
    /// Headline figures in big digits.
    Presenter,
    /// Saved views.
    Views,
    /// The name of a view.
    ViewName,
    /// The columns of a table.
    Columns,
    /// The tour.
    Tour,
    /// Every pane, and the overlays that are only read.
    Global,
    /// The slice picker.
    Picker,
    /// The field that narrows the brands.
    Filter,
    /// Any text field.
    Text,
    /// The overlays that are only read: help and problems.
    Reader,
    /// Everywhere, text fields too.
    Always,
}

impl Context {
    /// All contexts, in the order of the help.
    pub const ALL: [Self; 31] = [
        Self::Global,
        Self::Table,
        Self::Cards,
        Self::Brands,
        Self::Scenarios,
        Self::Gmv,
        Self::Why,
        Self::Outlook,
        Self::Levers,
        Self::Entry,
        Self::Seek,
        Self::SeekList,
        Self::SeekCost,
        Self::Naming,
        Self::Note,
        Self::Notes,
        Self::Palette,
        Self::Explain,
        Self::Compare,
        Self::Definitions,
        Self::Presenter,
        Self::Views,
        Self::ViewName,
        Self::Columns,
        Self::Tour,
        Self::Copy,
        Self::Picker,
        Self::Filter,
        Self::Text,
        Self::Reader,
        Self::Always,
    ];

    /// Its name in `keymap.toml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Cards => "cards",
            Self::Brands => "brands",
            Self::Scenarios => "scenarios",
            Self::Gmv => "gmv",
            Self::Why => "why",
            Self::Outlook => "outlook",
            Self::Levers => "levers",
            Self::Entry => "lever-value",
            Self::Seek => "seek",
            Self::SeekList => "seek-list",
            Self::SeekCost => "seek-cost",
            Self::Naming => "scenario-name",
            Self::Note => "note",
            Self::Notes => "notes",
            Self::Palette => "palette",
            Self::Explain => "explain",
            Self::Compare => "compare",
            Self::Definitions => "definitions",
            Self::Presenter => "presenter",
            Self::ViewName => "view-name",
            Self::Views => "views",
            Self::Columns => "columns",
            Self::Tour => "tour",
            Self::Copy => "copy",
            Self::Global => "global",
            Self::Picker => "picker",
            Self::Filter => "filter",
            Self::Text => "text",
            Self::Reader => "reader",
            Self::Always => "always",
        }
    }

    /// The context with this name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.id() == id)
    }

    /// Whether a text field can be open where its keys are heard: letters are text there.
    pub fn has_text(self) -> bool {
        matches!(
            self,
            Self::Entry
                | Self::SeekCost
                | Self::Seek
                | Self::Naming
                | Self::Note
                | Self::Palette
                | Self::Compare
                | Self::Definitions
                | Self::ViewName
                | Self::Picker
                | Self::Filter
                | Self::Text
                | Self::Always
        )
    }

    /// Heading in the help, in Chinese and English.
    pub fn title(self) -> [&'static str; 2] {
        match self {
            Self::Table => [
                "表格（品牌、策略人群、情景）",
                "Tables (brands, crowds, scenarios)",
            ],
            Self::Cards => ["FAST、FAST+、AIPL", "FAST, FAST+, AIPL"],
            Self::Brands => ["品牌", "Brands"],
            Self::Scenarios => ["情景", "Scenarios"],
            Self::Gmv => ["GMV 工作台", "GMV workbench"],
            Self::Why => ["归因", "Why"],
            Self::Outlook => ["展望", "Outlook"],
            Self::Levers => ["杠杆抽屉", "Levers"],
            Self::Entry => ["杠杆的值", "Value of a lever"],
            Self::Seek => ["目标反推", "Goal seek"],
            Self::SeekList => ["目标反推：杠杆与方案", "Goal seek: levers and plans"],
            Self::SeekCost => ["目标反推：每步成本", "Goal seek: cost of a step"],
            Self::Naming => ["情景名称", "Name of a scenario"],
            Self::Note => ["批注", "A note"],
            Self::Notes => ["批注列表", "Notes"],
            Self::Palette => ["命令面板", "Palette"],
            Self::Explain => ["指标说明", "What a number is"],
            Self::Compare => ["对比", "Comparison"],
            Self::Definitions => ["口径", "Definitions"],
            Self::Presenter => ["大字演示", "Presenter"],
            Self::ViewName => ["视图名称", "Name of a view"],
            Self::Views => ["视图", "Saved views"],
            Self::Columns => ["列", "Columns"],
            Self::Tour => ["导览", "Tour"],
            Self::Copy => ["复制", "Copy"],
            Self::Global => ["通用", "General"],
            Self::Picker => ["切片选择", "Slice picker"],
            Self::Filter => ["品牌过滤", "Brand filter"],
            Self::Text => ["输入框", "Text fields"],
            Self::Reader => ["帮助与数据问题", "Help and problems"],
            Self::Always => ["任何时候", "Anywhere"],
        }
    }
}

/// One row of [`COMMANDS`].
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Stable id, unique in the table.
    pub id: &'static str,
    /// Its keys in the default keymap, most usual first, as [`Sequence`](super::Sequence) reads and
    /// prints them. What a user has on them is in [`Keymap`](super::Keymap).
    pub keys: &'static [&'static str],
    /// Where the keys are heard.
    pub context: Context,
    /// A word or two for the footer, in Chinese and English.
    pub title: [&'static str; 2],
    /// One line for the help, in Chinese and English.
    pub help: [&'static str; 2],
    /// Whether the footer shows it.
    pub footer: bool,
    /// Whether it can run now.
    pub enabled: fn(&State) -> Enabled,
    /// What it does.
    pub run: fn(&mut State) -> Vec<Effect>,
}

impl Command {
    /// The row with this id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|c| c.id == id)
    }
}

/// The contexts that are listening, the nearest first.
pub fn contexts(state: &State) -> &'static [Context] {
    use Context::{
        Always, Brands, Cards, Columns, Compare, Copy, Definitions, Entry, Explain, Filter, Global,
        Gmv, Levers, Naming, Note, Notes, Outlook, Palette, Picker, Presenter, Reader, Scenarios,
        Seek, SeekCost, SeekList, Table, Text, Tour, ViewName, Views, Why,
    };
    match (&state.overlay, state.pane) {
        (Some(Overlay::Picker(_)), _) => &[Picker, Text, Always],
        (Some(Overlay::Filter { .. }), _) => &[Filter, Text, Always],
        (Some(Overlay::Help(_) | Overlay::Problems(_)), _) => &[Reader, Global, Always],
        (Some(Overlay::Levers(drawer)), _) if drawer.entry.is_some() => &[Entry, Text, Always],
        (Some(Overlay::Seek(form)), _) => match (&form.cost, form.section) {
            (Some(_), _) => &[SeekCost, Text, Always],
            (None, Section::Metric | Section::Value) => &[Seek, Text, Always],
            (None, Section::Levers | Section::Plans) => &[SeekList, Seek, Always],
        },
        (Some(Overlay::Levers(_)), _) => &[Levers, Global, Always],
        (Some(Overlay::Naming(_)), _) => &[Naming, Text, Always],
        (Some(Overlay::Note(_)), _) => &[Note, Text, Always],
        (Some(Overlay::Notes(_)), _) => &[Notes, Always],
        (Some(Overlay::Palette(_)), _) => &[Palette, Text, Always],
        (Some(Overlay::Explain(_)), _) => &[Explain, Global, Always],
        (Some(Overlay::Compare(_)), _) => &[Compare, Text, Always],
        (Some(Overlay::Definitions(_)), _) => &[Definitions, Text, Always],
        (Some(Overlay::Views(form)), _) if form.naming.is_some() => &[ViewName, Text, Always],
        (Some(Overlay::Views(_)), _) => &[Views, Always],
        (Some(Overlay::Columns(_)), _) => &[Columns, Always],
        (Some(Overlay::Tour(_)), _) => &[Tour, Always],
        (Some(Overlay::Copy(_)), _) => &[Copy, Always],
        (None, _) if state.layout.frame == Frame::Presenter => &[Presenter, Global, Always],
        (None, Pane::Brands) => &[Brands, Table, Global, Always],
        (None, Pane::Crowds) => &[Table, Global, Always],
        (None, Pane::Gmv) => &[Gmv, Global, Always],
        (None, Pane::Scenarios) => &[Scenarios, Table, Global, Always],
        (None, Pane::Why) => &[Why, Global, Always],
        (None, Pane::Outlook) => &[Outlook, Global, Always],
        (None, Pane::Fast | Pane::FastPlus | Pane::Aipl) => &[Cards, Global, Always],
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every condition")]
fn always(_: &State) -> Enabled {
    Ok(())
}

fn with_problems(state: &State) -> Enabled {
    if state.lacks_log() {
        return Err([
            "数据还没有读完",
            "the data set has not been read to its end",
        ]);
    }
    with_data(state)
}

fn with_data(state: &State) -> Enabled {
    match state.phase {
        Phase::Ready(_) => Ok(()),
        Phase::Empty | Phase::Failed(_) => Err(["还没有数据", "there is no data yet"]),
    }
}

const fn row(id: &'static str, keys: &'static [&'static str], context: Context) -> Command {
    Command {
        id,
        keys,
        context,
        title: ["", ""],
        help: ["", ""],
        footer: false,
        enabled: always,
        run: look::nothing,
    }
}

impl Command {
    const fn says(mut self, title: [&'static str; 2], help: [&'static str; 2]) -> Self {
        self.title = title;
        self.help = help;
        self
    }

    const fn runs(mut self, run: fn(&mut State) -> Vec<Effect>) -> Self {
        self.run = run;
        self
    }

    const fn when(mut self, enabled: fn(&State) -> Enabled) -> Self {
        self.enabled = enabled;
        self
    }

    const fn in_footer(mut self) -> Self {
        self.footer = true;
        self
    }
}

/// Every command, in the order of the help and the footer.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    // panes
    row("pane-brands", &["1"], Context::Global).runs(pane::brands)
        .says(["品牌", "brands"], ["看板：全部品牌的 FAST", "Pane: FAST of every brand"]),
    row("pane-fast", &["2"], Context::Global).runs(pane::fast)
        .says(["FAST", "FAST"], ["看板：FAST 四项指标", "Pane: the four FAST figures"]),
    row("pane-fast-plus", &["3"], Context::Global).runs(pane::fast_plus)
        .says(["FAST+", "FAST+"], ["看板：FAST+ 私域四项指标", "Pane: the four FAST+ figures"]),
    row("pane-crowds", &["4"], Context::Global).runs(pane::crowds)
        .says(["人群", "crowds"], ["看板：策略人群的目标、现状与差距", "Pane: target, current and gap of strategy crowds"]),
    row("pane-aipl", &["5"], Context::Global).runs(pane::aipl)
        .says(["AIPL", "AIPL"], ["看板：AIPL 漏斗与流转", "Pane: AIPL funnel and flow"]),
    row("pane-gmv", &["6"], Context::Global).runs(pane::gmv)
        .says(["GMV", "GMV"], ["看板：目标拆解与双 11 工作台", "Pane: target tree and Double 11"]),
    row("pane-scenarios", &["7"], Context::Global).runs(pane::scenarios)
        .says(["情景", "scenarios"], ["看板：情景并排比较", "Pane: scenarios side by side"]),
    row("pane-why", &["8"], Context::Global).runs(pane::why)
        .says(["归因", "why"], ["看板：差距归因、敏感度与双杠杆热图", "Pane: why the gap, what moves it, two levers at once"]),
    row("pane-outlook", &["9"], Context::Global).runs(pane::outlook)
        .says(["展望", "outlook"], ["看板：按每周流转推算", "Pane: where the weekly flow leads"]),
    row("pane-next", &["Tab"], Context::Global).runs(pane::next).in_footer()
        .says(["切换看板", "pane"], ["下一个看板", "Next pane"]),
    row("pane-previous", &["S-Tab"], Context::Global).runs(pane::previous)
        .says(["上一看板", "previous pane"], ["上一个看板", "Previous pane"]),
    row("palette", &[":", "Ctrl-p"], Context::Global).runs(palette::open).in_footer()
        .says(["查找", "find"], ["命令面板：按中文、拼音、首字母或英文查找一切", "Palette: everything by Chinese, pinyin, initials or English"]),
    row("palette-run", &["Enter"], Context::Palette).runs(palette::run).when(palette::has_find).in_footer()
        .says(["执行", "do it"], ["执行光标所在的一项", "Do what the cursor is on"]),
    row("palette-down", &["Down", "Ctrl-n"], Context::Palette).runs(palette::down)
        .says(["下移", "down"], ["下一条结果", "Next find"]),
    row("palette-up", &["Up", "Ctrl-p"], Context::Palette).runs(palette::up)
        .says(["上移", "up"], ["上一条结果", "The find before"]),
    row("palette-page-down", &["PgDn"], Context::Palette).runs(palette::page_down)
        .says(["下翻页", "page down"], ["向下翻一页结果", "A page of finds down"]),
    row("palette-page-up", &["PgUp"], Context::Palette).runs(palette::page_up)
        .says(["上翻页", "page up"], ["向上翻一页结果", "A page of finds up"]),
    row("palette-close", &["Esc"], Context::Palette).runs(palette::close).in_footer()
        .says(["关闭", "close"], ["关闭命令面板", "Close the palette"]),
    row("explain", &["i"], Context::Global).runs(explain::open).when(explain::has_numbers).in_footer()
        .says(["说明", "what is this"], ["这个数是什么：公式、代入、口径、来源与漏行", "What is this number: formula with its values, definitions, files, rows left out"]),
    row("explain-down", &["j", "Down"], Context::Explain).runs(explain::down)
        .says(["下一个", "next"], ["下一个数字", "Next number"]),
    row("explain-up", &["k", "Up"], Context::Explain).runs(explain::up)
        .says(["上一个", "previous"], ["上一个数字", "Previous number"]),
    row("explain-page-down", &["PgDn", "Ctrl-f"], Context::Explain).runs(explain::page_down)
        .says(["下翻", "page down"], ["数字列表下翻一页", "A page of numbers down"]),
    row("explain-page-up", &["PgUp", "Ctrl-b"], Context::Explain).runs(explain::page_up)
        .says(["上翻", "page up"], ["数字列表上翻一页", "A page of numbers up"]),
    row("explain-first", &["Home"], Context::Explain).runs(explain::first)
        .says(["第一个", "first"], ["第一个数字", "First number"]),
    row("explain-last", &["G", "End"], Context::Explain).runs(explain::last)
        .says(["最后一个", "last"], ["最后一个数字", "Last number"]),
    row("explain-more", &["Right", "l"], Context::Explain).runs(explain::more).in_footer()
        .says(["说明下滚", "scroll down"], ["说明向下滚动", "Scroll the explanation down"]),
    row("explain-less", &["Left", "h"], Context::Explain).runs(explain::less)
        .says(["说明上滚", "scroll up"], ["说明向上滚动", "Scroll the explanation up"]),
    row("explain-go", &["Enter"], Context::Explain).runs(explain::go).when(explain::has_home).in_footer()
        .says(["前往", "go there"], ["前往这个数字所在的看板，Esc 返回", "Go to the pane where the number lives; Esc comes back"]),
    row("explain-close", &["Esc"], Context::Explain).runs(explain::close).in_footer()
        .says(["关闭", "close"], ["关闭指标说明", "Close what a number is"]),
    row("compare-close", &["Esc"], Context::Compare).runs(compare::close).in_footer()
        .says(["关闭", "close"], ["关闭对比", "Close the comparison"]),
    row("compare-take", &["Enter"], Context::Compare).runs(compare::take).when(compare::can_take).in_footer()
        .says(["对比", "compare"], ["与光标所在的日期对比；品牌、情景、看板则并排", "Compare with the day under the cursor; a brand, scenario or pane goes side by side"]),
    row("compare-beside", &["Tab", "Space"], Context::Compare).runs(compare::beside_it).when(compare::can_beside).in_footer()
        .says(["并排", "side by side"], ["把光标所在的日期、品牌、情景或看板并排显示", "Put the day, brand, scenario or pane under the cursor beside this one"]),
    row("compare-down", &["Down", "Ctrl-n"], Context::Compare).runs(compare::down)
        .says(["下移", "down"], ["下一行", "Next row"]),
    row("compare-up", &["Up", "Ctrl-p"], Context::Compare).runs(compare::up)
        .says(["上移", "up"], ["上一行", "Row before"]),
    row("compare-page-down", &["PgDn"], Context::Compare).runs(compare::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("compare-page-up", &["PgUp"], Context::Compare).runs(compare::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("definition-set", &["Enter"], Context::Definitions).runs(definitions::take).in_footer()
        .says(["设定", "set"], ["采用输入的值；没有输入时换下一个可用的值", "Take what is typed; without it, the next value that is allowed"]),
    row("definition-more", &["Right"], Context::Definitions).runs(definitions::more).when(definitions::can_step).in_footer()
        .says(["增加", "more"], ["加一，或换下一个词", "One more, or the next word"]),
    row("definition-less", &["Left"], Context::Definitions).runs(definitions::less).when(definitions::can_step).in_footer()
        .says(["减少", "less"], ["减一，或换上一个词", "One less, or the word before"]),
    row("definition-reset", &["Ctrl-d"], Context::Definitions).runs(definitions::reset).when(definitions::can_reset).in_footer()
        .says(["还原", "reset"], ["还原为数据集的口径", "Back to what the data set says"]),
    row("definition-down", &["Down", "Ctrl-n"], Context::Definitions).runs(definitions::down)
        .says(["下移", "down"], ["下一项口径", "Next definition"]),
    row("definition-up", &["Up", "Ctrl-p"], Context::Definitions).runs(definitions::up)
        .says(["上移", "up"], ["上一项口径", "Definition before"]),
    row("definition-page-down", &["PgDn"], Context::Definitions).runs(definitions::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("definition-page-up", &["PgUp"], Context::Definitions).runs(definitions::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("definition-close", &["Esc"], Context::Definitions).runs(definitions::close).in_footer()
        .says(["关闭", "close"], ["关闭口径", "Close the definitions"]),
    row("presenter-next", &["Right", "l"], Context::Presenter).runs(layout::next).in_footer()
        .says(["下一看板", "next pane"], ["下一个看板的大字", "Figures of the next pane"]),
    row("presenter-previous", &["Left", "h"], Context::Presenter).runs(layout::previous)
        .says(["上一看板", "previous pane"], ["上一个看板的大字", "Figures of the pane before"]),
    row("views", &["'"], Context::Global).runs(views::open).when(with_data)
        .says(["视图", "views"], ["打开已保存的视图：再按 1 到 9", "Saved views: then 1 to 9 opens one"]),
    row("view-save", &["\""], Context::Global).runs(views::save).when(views::can_save)
        .says(["存为视图", "save view"], ["把当前画面存为视图：品牌、看板、切片、日期、排序与情景", "Save what is shown: brand, pane, slice, days, order, scenario"]),
    row("view-1", &["1"], Context::Views).runs(views::show_1).when(views::there_1)
        .says(["视图 1", "view 1"], ["打开视图 1", "Open view 1"]),
    row("view-2", &["2"], Context::Views).runs(views::show_2).when(views::there_2)
        .says(["视图 2", "view 2"], ["打开视图 2", "Open view 2"]),
    row("view-3", &["3"], Context::Views).runs(views::show_3).when(views::there_3)
        .says(["视图 3", "view 3"], ["打开视图 3", "Open view 3"]),
    row("view-4", &["4"], Context::Views).runs(views::show_4).when(views::there_4)
        .says(["视图 4", "view 4"], ["打开视图 4", "Open view 4"]),
    row("view-5", &["5"], Context::Views).runs(views::show_5).when(views::there_5)
        .says(["视图 5", "view 5"], ["打开视图 5", "Open view 5"]),
    row("view-6", &["6"], Context::Views).runs(views::show_6).when(views::there_6)
        .says(["视图 6", "view 6"], ["打开视图 6", "Open view 6"]),
    row("view-7", &["7"], Context::Views).runs(views::show_7).when(views::there_7)
        .says(["视图 7", "view 7"], ["打开视图 7", "Open view 7"]),
    row("view-8", &["8"], Context::Views).runs(views::show_8).when(views::there_8)
        .says(["视图 8", "view 8"], ["打开视图 8", "Open view 8"]),
    row("view-9", &["9"], Context::Views).runs(views::show_9).when(views::there_9)
        .says(["视图 9", "view 9"], ["打开视图 9", "Open view 9"]),
    row("view-open", &["Enter"], Context::Views).runs(views::show_row).when(views::has_row).in_footer()
        .says(["打开", "open"], ["打开光标所在的视图", "Open the view under the cursor"]),
    row("view-down", &["j", "Down"], Context::Views).runs(views::down)
        .says(["下移", "down"], ["下一个视图", "Next view"]),
    row("view-up", &["k", "Up"], Context::Views).runs(views::up)
        .says(["上移", "up"], ["上一个视图", "Previous view"]),
    row("view-add", &["a", "\""], Context::Views).runs(views::save).when(views::can_save).in_footer()
        .says(["新增", "add"], ["把当前画面存为新视图", "Save what is shown as a new view"]),
    row("view-delete", &["d"], Context::Views).runs(views::delete).when(views::has_row).in_footer()
        .says(["删除", "delete"], ["删除光标所在的视图，可撤销", "Delete the view under the cursor; undo brings it back"]),
    row("views-close", &["Esc", "q", "'"], Context::Views).runs(views::close).in_footer()
        .says(["关闭", "close"], ["关闭视图列表", "Close the list of views"]),
    row("view-name-accept", &["Enter"], Context::ViewName).runs(views::name_apply).in_footer()
        .says(["保存", "save"], ["以此名称保存视图；同名视图被替换", "Save the view under this name; one of the same name is replaced"]),
    row("view-name-cancel", &["Esc"], Context::ViewName).runs(views::name_cancel).in_footer()
        .says(["取消", "cancel"], ["不保存", "Do not save"]),
    row("columns", &["|"], Context::Table).runs(columns::open).when(columns::can_arrange).in_footer()
        .says(["列", "columns"], ["选择列：显示、次序、冻结、排序", "Choose columns: shown, order, frozen, sort"]),
    row("columns-right", &["Right", "l"], Context::Table).runs(columns::right).when(columns::can_arrange)
        .says(["右边的列", "columns right"], ["列向右滚动，冻结的列不动", "Scroll the columns right; frozen ones stay"]),
    row("columns-left", &["Left", "h"], Context::Table).runs(columns::left).when(columns::can_left)
        .says(["左边的列", "columns left"], ["列向左滚动", "Scroll the columns left"]),
    row("columns-toggle", &["Space"], Context::Columns).runs(columns::toggle).when(columns::can_change).in_footer()
        .says(["显示/隐藏", "show"], ["显示或隐藏光标所在的列", "Show or hide the column under the cursor"]),
    row("columns-later", &["J"], Context::Columns).runs(columns::later).when(columns::can_change).in_footer()
        .says(["右移", "later"], ["这一列向右移一位", "The column goes a place to the right"]),
    row("columns-earlier", &["K"], Context::Columns).runs(columns::earlier).when(columns::can_change).in_footer()
        .says(["左移", "earlier"], ["这一列向左移一位", "The column goes a place to the left"]),
    row("columns-freeze", &["f"], Context::Columns).runs(columns::freeze).in_footer()
        .says(["冻结", "freeze"], ["冻结到这一列为止；再按一次少冻结一列", "Freeze up to this column; once more, one less"]),
    row("columns-sort", &["o", "Enter"], Context::Columns).runs(columns::sort).when(columns::can_sort).in_footer()
        .says(["排序", "sort"], ["按这一列排序，再按一次反转", "Sort by this column; once more reverses"]),
    row("columns-reset", &["0"], Context::Columns).runs(columns::reset).when(columns::can_reset).in_footer()
        .says(["默认", "default"], ["恢复默认的列与次序，排序不变", "All columns in their own order; the sort stays"]),
    row("columns-down", &["j", "Down"], Context::Columns).runs(columns::down)
        .says(["下移", "down"], ["下一列", "Next column"]),
    row("columns-up", &["k", "Up"], Context::Columns).runs(columns::up)
        .says(["上移", "up"], ["上一列", "Column before"]),
    row("columns-page-down", &["PgDn", "Ctrl-f"], Context::Columns).runs(columns::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("columns-page-up", &["PgUp", "Ctrl-b"], Context::Columns).runs(columns::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("columns-first", &["Home"], Context::Columns).runs(columns::first)
        .says(["首列", "first"], ["第一列", "First column"]),
    row("columns-last", &["G", "End"], Context::Columns).runs(columns::last)
        .says(["末列", "last"], ["最后一列", "Last column"]),
    row("columns-close", &["Esc", "|", "q"], Context::Columns).runs(columns::close).in_footer()
        .says(["关闭", "close"], ["关闭列", "Close the columns of a table"]),
    row("tour-next", &["Enter", "Right"], Context::Tour).runs(tour::next).in_footer()
        .says(["下一步", "next"], ["导览的下一步", "Next step of the tour"]),
    row("tour-previous", &["Left"], Context::Tour).runs(tour::previous).when(tour::has_previous).in_footer()
        .says(["上一步", "back"], ["导览的上一步", "Step back in the tour"]),
    row("tour-close", &["Esc"], Context::Tour).runs(tour::close).in_footer()
        .says(["关闭", "close"], ["关闭导览", "Close the tour"]),
    // slice
    row("slice", &["/"], Context::Global).runs(picker::open).when(picker::can_open).in_footer()
        .says(["切片", "slice"], ["选择切片：人群、触点、城市等，多选", "Choose the slice: crowd, channel, city and more"]),
    row("slice-clear", &["x"], Context::Global).runs(picker::clear).when(picker::can_clear)
        .says(["清除切片", "clear slice"], ["清除全部切片条件", "Remove every condition of the slice"]),
    row("week-back", &["["], Context::Global).runs(date::week_back).when(with_data).in_footer()
        .says(["前一周", "week back"], ["日期前移一周", "As-of a week earlier"]),
    row("week-forward", &["]"], Context::Global).runs(date::week_forward).when(with_data).in_footer()
        .says(["后一周", "week on"], ["日期后移一周", "As-of a week later"]),
    row("day-back", &["{"], Context::Global).runs(date::day_back).when(with_data)
        .says(["前一天", "day back"], ["日期前移一天", "As-of a day earlier"]),
    row("day-forward", &["}"], Context::Global).runs(date::day_forward).when(with_data)
        .says(["后一天", "day on"], ["日期后移一天", "As-of a day later"]),
    row("against", &["c"], Context::Global).runs(date::cycle_against).in_footer()
        .says(["对比", "compare"], ["切换对比：上周、上月同日、去年同日", "Compare with a week, a month or a year ago"]),
    row("brand-next", &["b"], Context::Global).runs(brand::next).when(brand::can_step).in_footer()
        .says(["换品牌", "brand"], ["下一个品牌", "Next brand"]),
    row("brand-previous", &["B"], Context::Global).runs(brand::previous).when(brand::can_step)
        .says(["上一品牌", "previous brand"], ["上一个品牌", "Previous brand"]),
    // what-if
    row("levers", &["s"], Context::Global).runs(levers::open).when(levers::can_open).in_footer()
        .says(["假设", "what-if"], ["打开杠杆：改一个数，所有看板立即重算", "Open the levers: change one, every pane follows"]),
    row("undo", &["u"], Context::Global).runs(history::undo).when(history::can_undo)
        .says(["撤销", "undo"], ["撤销上一步：切片、日期、排序、杠杆、批注等", "Take the last step back: slice, days, order, levers, notes"]),
    row("redo", &["Ctrl-r"], Context::Global).runs(history::redo).when(history::can_redo)
        .says(["重做", "redo"], ["重做撤销的一步", "Do it again"]),
    row("scenario-next", &[")"], Context::Global).runs(scenario::next).when(scenario::can_turn)
        .says(["下一情景", "next scenario"], ["下一个情景，最后回到基线", "Next scenario; after the last the baseline"]),
    row("scenario-previous", &["("], Context::Global).runs(scenario::previous).when(scenario::can_turn)
        .says(["上一情景", "previous scenario"], ["上一个情景", "Previous scenario"]),
    // pictures
    row("capture-screen", &["S"], Context::Global).runs(picture::screen).when(picture::has_board)
        .says(["截屏", "picture"], ["把屏幕存为 SVG 与 PNG，底部注明口径与复现命令", "Picture of the screen as SVG and PNG, with the command that makes it again"]),
    row("capture-pane", &["Z"], Context::Global).runs(picture::pane).when(picture::has_board)
        .says(["截看板", "pane picture"], ["只截当前看板", "Picture of the pane alone"]),
    row("review", &["R"], Context::Global).runs(review::make).when(review::can_make)
        .says(["复盘", "review"], ["把看过的看板生成复盘：网页、Markdown、Excel、图与配方", "Review deck of the panes visited: HTML, Markdown, XLSX, pictures, recipe"]),
    row("copy", &["y"], Context::Global).runs(picture::copy).when(picture::has_board)
        .says(["复制", "copy"], ["把看板复制为文本、表格、Markdown，或复制截图路径与命令", "Copy the pane as text, TSV or Markdown, or the picture's path or command"]),
    // notes
    row("note", &["n"], Context::Global).runs(notes::open).when(with_data)
        .says(["批注", "note"], ["给指标、人群或看板写批注（按当前日期与切片）", "Pin a note to a metric, crowd or pane, for this day and slice"]),
    row("notes", &["N"], Context::Global).runs(notes::list).when(notes::has_any)
        .says(["批注列表", "notes"], ["查看这个品牌的全部批注", "All notes of the brand"]),
    row("seek", &["g"], Context::Global).runs(seek::open).when(seek::can_open).in_footer()
        .says(["反推", "goal"], ["目标反推：给出目标值，找出要动的杠杆", "Goal seek: name a value, find what brings it"]),
    row("definitions", &["D"], Context::Global).runs(definitions::open).when(with_data)
        .says(["口径", "definitions"], ["查看与修改口径：AIPL 时间窗、忠诚规则、FAST 分母等，立即重算", "See and change definitions: AIPL windows, the loyalty rule, denominators; counted at once"]),
    row("tour", &["V"], Context::Global).runs(tour::open).when(tour::can_open)
        .says(["导览", "tour"], ["再看一遍导览", "The tour of the first run once more"]),
    // layout
    row("compare", &["C"], Context::Global).runs(compare::open).when(with_data)
        .says(["对比与并排", "compare, side by side"], ["与某日对比，或与另一日期、品牌、情景、看板并排", "Compare with a day, or put another day, brand, scenario or pane side by side"]),
    row("beside", &["\\"], Context::Global).runs(beside::cycle).when(beside::can_cycle)
        .says(["并排", "side by side"], ["并排显示或收起；窄屏时在两侧之间切换", "Two panes side by side, or one again; on a narrow screen, the other side"]),
    row("zoom", &["z"], Context::Global).runs(layout::zoom).when(layout::can_zoom)
        .says(["放大", "zoom"], ["看板占满屏幕；再按一次还原", "The pane takes the whole screen; once more gives it back"]),
    row("presenter", &["P"], Context::Global).runs(layout::presenter).when(layout::can_zoom)
        .says(["大字演示", "presenter"], ["以大字显示看板的主要指标，供会议室观看", "Headline figures of the pane in big digits, for a meeting room"]),
    // look
    row("language", &["L"], Context::Global).runs(look::language).in_footer()
        .says(["English", "中文"], ["切换中文与英文", "Switch between Chinese and English"]),
    row("theme", &["t"], Context::Global).runs(look::theme).when(look::can_theme)
        .says(["主题", "theme"], ["下一个主题：深色、浅色、高对比、色盲友好、单色，以及自己的主题", "Next theme: dark, light, high contrast, colour-blind safe, mono, your own"]),
    row("theme-before", &["T"], Context::Global).runs(look::theme_before).when(look::can_theme)
        .says(["上一个主题", "theme before"], ["上一个主题", "The theme before"]),
    row("mouse", &["m"], Context::Global).runs(pointer::toggle)
        .says(["鼠标", "mouse"], ["鼠标交给看板，或交还终端以选中文字", "Listen to the mouse, or leave it to the terminal to select text"]),
    row("problems", &["w"], Context::Global).runs(reader::problems).when(with_problems)
        .says(["数据问题", "problems"], ["查看数据中的问题与提示", "Problems and notes of the data set"]),
    row("reload", &["r"], Context::Global).runs(load::reload).when(load::can_reload)
        .says(["重新载入", "reload"], ["重新载入数据，保留品牌、日期与切片", "Load the data again; brand, date and slice stay"]),
    row("help", &["?"], Context::Global).runs(reader::help).in_footer()
        .says(["帮助", "help"], ["查看全部按键", "All keys"]),
    row("back", &["Esc"], Context::Global).runs(pane::back).when(pane::can_back)
        .says(["返回", "back"], ["返回上一层；载入时取消载入", "Back one level; while loading, cancel it"]),
    row("quit", &["q"], Context::Global).runs(look::quit).in_footer()
        .says(["退出", "quit"], ["退出", "Quit"]),
    row("history-back", &[","], Context::Global).runs(history::go_back).when(history::can_go_back)
        .says(["后退", "go back"], ["回到上一个看过的位置", "The place before: pane, brand, card"]),
    row("history-forward", &["."], Context::Global).runs(history::go_forward).when(history::can_go_forward)
        .says(["前进", "go forward"], ["再到下一个位置", "The place after it again"]),
    row("deeper", &["Enter"], Context::Cards).runs(crowd::deeper).when(crowd::can_deepen).in_footer()
        .says(["下钻", "deeper"], ["下钻到策略人群，Esc 原样返回", "Down to the strategy crowds; Esc comes back"]),
    // tables
    row("down", &["j", "Down"], Context::Table).runs(cursor::down).when(cursor::has_rows)
        .says(["下移", "down"], ["光标下移一行", "Cursor down"]),
    row("up", &["k", "Up"], Context::Table).runs(cursor::up).when(cursor::has_rows)
        .says(["上移", "up"], ["光标上移一行", "Cursor up"]),
    row("page-down", &["PgDn", "Ctrl-f"], Context::Table).runs(cursor::page_down).when(cursor::has_rows)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("page-up", &["PgUp", "Ctrl-b"], Context::Table).runs(cursor::page_up).when(cursor::has_rows)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("first", &["Home"], Context::Table).runs(cursor::first).when(cursor::has_rows)
        .says(["首行", "first"], ["第一行", "First row"]),
    row("last", &["G", "End"], Context::Table).runs(cursor::last).when(cursor::has_rows)
        .says(["末行", "last"], ["最后一行", "Last row"]),
    row("open", &["Enter"], Context::Table).runs(crowd::open).when(crowd::can_open).in_footer()
        .says(["打开", "open"], ["打开光标所在的品牌、人群或情景；人群卡片再按一次，按触点下钻", "Open the brand, crowd or scenario under the cursor; in the card of a crowd, its touchpoints"]),
    row("sort", &["o"], Context::Table).runs(cursor::sort).when(cursor::can_sort).in_footer()
        .says(["排序", "sort"], ["按下一列排序", "Sort by the next column"]),
    row("sort-reverse", &["O"], Context::Table).runs(cursor::reverse).when(cursor::can_reverse)
        .says(["倒序", "reverse"], ["反转排序方向", "Reverse the sort"]),
    row("filter", &["f"], Context::Brands).runs(brand::filter).when(with_data).in_footer()
        .says(["过滤", "filter"], ["按名称过滤品牌", "Filter brands by name"]),
    // scenarios
    row("scenario-choose", &["Space"], Context::Scenarios).runs(scenario::choose).when(scenario::on_scenario).in_footer()
        .says(["并排", "side by side"], ["加入或移出并排比较，最多四个", "Put side by side or take away, four at most"]),
    row("scenario-add", &["a"], Context::Scenarios).runs(scenario::add).when(with_data).in_footer()
        .says(["新建", "new"], ["以当前打开的情景为底稿新建", "New scenario, a copy of the open one"]),
    row("scenario-rename", &["e"], Context::Scenarios).runs(scenario::rename).when(scenario::on_scenario).in_footer()
        .says(["改名", "rename"], ["改名", "Another name"]),
    row("scenario-remove", &["d"], Context::Scenarios).runs(scenario::remove).when(scenario::on_scenario)
        .says(["删除", "delete"], ["删除情景，可撤销", "Delete the scenario; undo brings it back"]),
    row("scenario-take-over", &["p"], Context::Scenarios).runs(scenario::take_over).when(scenario::on_other).in_footer()
        .says(["取用", "take over"], ["把基于其他数据的情景取用为副本", "Copy a scenario that was made on other data"]),
    row("name-apply", &["Enter"], Context::Naming).runs(scenario::name_apply).in_footer()
        .says(["确定", "accept"], ["确定名称", "Take the name"]),
    row("name-cancel", &["Esc"], Context::Naming).runs(scenario::name_cancel).in_footer()
        .says(["取消", "cancel"], ["取消", "Cancel"]),
    // notes
    row("copy-take", &["Enter"], Context::Copy).runs(picture::take).when(picture::can_take).in_footer()
        .says(["复制", "copy"], ["复制光标所在的一项", "Copy what the cursor is on"]),
    row("copy-down", &["j", "Down"], Context::Copy).runs(picture::down)
        .says(["下移", "down"], ["下一项", "Next"]),
    row("copy-up", &["k", "Up"], Context::Copy).runs(picture::up)
        .says(["上移", "up"], ["上一项", "Previous"]),
    row("copy-state", &["s"], Context::Copy).runs(picture::take_state).in_footer()
        .says(["状态串", "state"], ["复制状态串：一行文字，在别处还原同一画面", "Copy the state: one line that gives the same frame elsewhere"]),
    row("copy-cancel", &["Esc", "q", "y"], Context::Copy).runs(picture::cancel).in_footer()
        .says(["关闭", "close"], ["关闭", "Close"]),
    row("note-apply", &["Enter"], Context::Note).runs(notes::apply).in_footer()
        .says(["保存", "keep"], ["保存批注；清空即删除", "Keep the note; a blank one is deleted"]),
    row("note-line", &["Ctrl-j", "Ctrl-o"], Context::Note).runs(notes::new_line).in_footer()
        .says(["换行", "new line"], ["换行", "Break the line"]),
    row("note-place", &["Tab"], Context::Note).runs(notes::next_place).in_footer()
        .says(["对象", "about"], ["换一个批注对象", "Pin it to something else"]),
    row("note-cancel", &["Esc"], Context::Note).runs(notes::cancel).in_footer()
        .says(["取消", "cancel"], ["放弃修改", "Leave the note as it was"]),
    row("notes-down", &["j", "Down"], Context::Notes).runs(notes::down)
        .says(["下移", "down"], ["下一条批注", "Next note"]),
    row("notes-up", &["k", "Up"], Context::Notes).runs(notes::up)
        .says(["上移", "up"], ["上一条批注", "Previous note"]),
    row("notes-open", &["Enter"], Context::Notes).runs(notes::open_chosen).in_footer()
        .says(["打开", "open"], ["回到批注的日期与切片并打开", "Go to the day and slice of the note and open it"]),
    row("notes-remove", &["d"], Context::Notes).runs(notes::remove_chosen).in_footer()
        .says(["删除", "delete"], ["删除批注，可撤销", "Delete the note; undo brings it back"]),
    row("notes-close", &["Esc", "q", "N"], Context::Notes).runs(notes::cancel).in_footer()
        .says(["关闭", "close"], ["关闭", "Close"]),
    // GMV workbench
    row("gmv-switch", &["v"], Context::Gmv).runs(gmv::switch).when(gmv::can_switch).in_footer()
        .says(["另一半", "other half"], ["在目标拆解与双 11 之间切换", "Switch between target tree and Double 11"]),
    row("gmv-solve", &["Enter"], Context::Gmv).runs(gmv::solve).when(gmv::can_solve).in_footer()
        .says(["求解", "solve"], ["把光标所在的目标当作未知数，由其余目标求解；再按一次还原", "Solve for the target under the cursor from the others; once more gives it back"]),
    row("gmv-open", &["Right", "l"], Context::Gmv).runs(gmv::open).when(gmv::can_open).in_footer()
        .says(["展开", "open"], ["展开光标所在的人群或层级", "Open the crowd or the layer under the cursor"]),
    row("gmv-close", &["Left", "h"], Context::Gmv).runs(gmv::close).when(gmv::can_close).in_footer()
        .says(["收起", "close"], ["收起光标所在的人群或层级", "Close the crowd or the layer under the cursor"]),
    row("gmv-down", &["j", "Down"], Context::Gmv).runs(cursor::down).when(cursor::has_rows)
        .says(["下移", "down"], ["光标下移一行", "Cursor down"]),
    row("gmv-up", &["k", "Up"], Context::Gmv).runs(cursor::up).when(cursor::has_rows)
        .says(["上移", "up"], ["光标上移一行", "Cursor up"]),
    row("gmv-page-down", &["PgDn", "Ctrl-f"], Context::Gmv).runs(cursor::page_down).when(cursor::has_rows)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("gmv-page-up", &["PgUp", "Ctrl-b"], Context::Gmv).runs(cursor::page_up).when(cursor::has_rows)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("gmv-first", &["Home"], Context::Gmv).runs(cursor::first).when(cursor::has_rows)
        .says(["首行", "first"], ["第一行", "First row"]),
    row("gmv-last", &["G", "End"], Context::Gmv).runs(cursor::last).when(cursor::has_rows)
        .says(["末行", "last"], ["最后一行", "Last row"]),
    // why
    row("why-view", &["v"], Context::Why).runs(why::view).in_footer()
        .says(["换图", "picture"], ["瀑布图、敏感度、双杠杆热图之间切换", "Waterfall, tornado, heat map of two levers"]),
    row("why-open", &["Enter"], Context::Why).runs(why::open).when(why::can_open).in_footer()
        .says(["展开", "open"], ["因素展开到人群或层级，或反之；Esc 返回", "From a factor to its items or back; Esc returns"]),
    row("why-more", &["+", "Right", "l"], Context::Why).runs(why::more).when(why::has_lever).in_footer()
        .says(["加一步", "more"], ["光标所在杠杆或热图横轴加一步", "The lever under the cursor, or the x axis, a step up"]),
    row("why-less", &["-", "Left", "h"], Context::Why).runs(why::less).when(why::has_lever).in_footer()
        .says(["减一步", "less"], ["光标所在杠杆或热图横轴减一步", "The lever under the cursor, or the x axis, a step down"]),
    row("why-down", &["j", "Down"], Context::Why).runs(why::down).when(why::has_rows)
        .says(["下移", "down"], ["光标下移；热图纵轴减一步", "Cursor down; the y axis of the heat map a step down"]),
    row("why-up", &["k", "Up"], Context::Why).runs(why::up).when(why::has_rows)
        .says(["上移", "up"], ["光标上移；热图纵轴加一步", "Cursor up; the y axis of the heat map a step up"]),
    row("why-first", &["Home"], Context::Why).runs(why::first).when(why::is_list)
        .says(["首行", "first"], ["第一行", "First row"]),
    row("why-last", &["G", "End"], Context::Why).runs(why::last).when(why::is_list)
        .says(["末行", "last"], ["最后一行", "Last row"]),
    row("why-span", &["e"], Context::Why).runs(why::span).when(why::can_span).in_footer()
        .says(["比较", "ends"], ["瀑布图两端：目标、对比期、现状、情景", "Ends of the waterfall: target, comparison, current, scenario"]),
    row("why-level", &["p"], Context::Why).runs(why::level).in_footer()
        .says(["因素/人群", "pivot"], ["先看因素，或先看人群与层级", "Factors first, or crowds and layers first"]),
    row("why-method", &["d"], Context::Why).runs(why::method).in_footer()
        .says(["方法", "method"], ["分解方法：Shapley、LMDI、逐项替换", "Method: Shapley, LMDI, sequential"]),
    row("why-family", &["f"], Context::Why).runs(why::family_next).when(why::can_family).in_footer()
        .says(["人群/双 11", "family"], ["策略人群，或双 11 各层", "Strategy crowds, or the layers of Double 11"]),
    row("why-order", &["o"], Context::Why).runs(why::order)
        .says(["排序", "order"], ["按大小，或按数据集顺序", "By size, or in the order of the data set"]),
    row("why-reach", &["a"], Context::Why).runs(why::reach).in_footer()
        .says(["逐项", "each"], ["敏感度：全部一起动，或每个人群、层级单独动", "Tornado: all items at once, or each alone"]),
    row("why-x", &["X"], Context::Why).runs(why::axis_x).when(why::on_lever).in_footer()
        .says(["横轴", "x axis"], ["光标所在杠杆作热图横轴", "The lever under the cursor becomes the x axis"]),
    row("why-y", &["Y"], Context::Why).runs(why::axis_y).when(why::on_lever).in_footer()
        .says(["纵轴", "y axis"], ["光标所在杠杆作热图纵轴", "The lever under the cursor becomes the y axis"]),
    // outlook
    row("outlook-event-next", &["e"], Context::Outlook).runs(outlook::next).when(outlook::can_look).in_footer()
        .says(["下一大促", "next event"], ["推算到下一个大促：3·8、6·18、9·9、双 11、双 12", "Look ahead to the next event: 3.8, 6.18, 9.9, Double 11, Double 12"]),
    row("outlook-event-previous", &["E"], Context::Outlook).runs(outlook::previous).when(outlook::can_look)
        .says(["上一大促", "event before"], ["推算到上一个大促", "Look ahead to the event before"]),
    row("outlook-further", &[">", "Right"], Context::Outlook).runs(outlook::further).when(outlook::can_look).in_footer()
        .says(["远一周", "further"], ["多推算一周", "A week further ahead"]),
    row("outlook-nearer", &["<", "Left"], Context::Outlook).runs(outlook::nearer).when(outlook::can_look)
        .says(["近一周", "nearer"], ["少推算一周", "A week less far ahead"]),
    row("outlook-observe", &["o"], Context::Outlook).runs(outlook::observe).when(with_data).in_footer()
        .says(["观测周数", "weeks observed"], ["流转率取最近 4、8、12 或 26 周的均值", "Rates from the last 4, 8, 12 or 26 weeks"]),
    row("outlook-down", &["j", "Down"], Context::Outlook).runs(outlook::down)
        .says(["下移", "down"], ["后面的周", "Later weeks"]),
    row("outlook-up", &["k", "Up"], Context::Outlook).runs(outlook::up)
        .says(["上移", "up"], ["前面的周", "Earlier weeks"]),
    row("outlook-first", &["Home"], Context::Outlook).runs(outlook::first)
        .says(["首周", "first"], ["第一周", "First week"]),
    row("outlook-last", &["G", "End"], Context::Outlook).runs(outlook::last)
        .says(["末周", "last"], ["最后一周", "Last week"]),
    // levers
    row("lever-more", &["+", "Right"], Context::Levers).runs(levers::more).when(levers::can_step).in_footer()
        .says(["加一步", "more"], ["杠杆加一步", "A step up"]),
    row("lever-less", &["-", "Left"], Context::Levers).runs(levers::less).when(levers::can_step).in_footer()
        .says(["减一步", "less"], ["杠杆减一步", "A step down"]),
    row("lever-type", &["Enter", "="], Context::Levers).runs(levers::enter).in_footer()
        .says(["输入", "type"], ["输入值：25%、1.2亿、*1.1、+2pp", "Type a value: 25%, 1.2e8, *1.1, +2pp"]),
    row("lever-reset", &["0", "Backspace", "Delete"], Context::Levers).runs(levers::reset).when(levers::can_reset).in_footer()
        .says(["复位", "reset"], ["这个杠杆回到基线", "This lever back to the baseline"]),
    row("lever-reset-all", &["Ctrl-u"], Context::Levers).runs(levers::reset_all).when(levers::can_reset_all)
        .says(["全部复位", "reset all"], ["全部杠杆回到基线", "Every lever back to the baseline"]),
    row("lever-down", &["j", "Down"], Context::Levers).runs(levers::down)
        .says(["下移", "down"], ["下一个杠杆", "Next lever"]),
    row("lever-up", &["k", "Up"], Context::Levers).runs(levers::up)
        .says(["上移", "up"], ["上一个杠杆", "Previous lever"]),
    row("lever-page-down", &["PgDn", "Ctrl-f"], Context::Levers).runs(levers::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("lever-page-up", &["PgUp", "Ctrl-b"], Context::Levers).runs(levers::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("lever-first", &["Home"], Context::Levers).runs(levers::first)
        .says(["首个", "first"], ["第一个杠杆", "First lever"]),
    row("lever-last", &["End"], Context::Levers).runs(levers::last)
        .says(["末个", "last"], ["最后一个杠杆", "Last lever"]),
    row("levers-close", &["Esc", "s"], Context::Levers).runs(levers::close).in_footer()
        .says(["关闭", "close"], ["关闭抽屉，假设保留", "Close the drawer; the what-if stays"]),
    row("entry-accept", &["Enter"], Context::Entry).runs(levers::accept).in_footer()
        .says(["确定", "accept"], ["采用输入的值", "Take the value"]),
    row("entry-leave", &["Esc"], Context::Entry).runs(levers::leave).in_footer()
        .says(["取消", "cancel"], ["放弃输入", "Leave the value as it was"]),
    // goal seek
    row("seek-enter", &["Enter"], Context::Seek).runs(seek::enter).when(seek::can_enter).in_footer()
        .says(["采用", "take"], ["采用光标处的方案，写入情景；在指标列表中选定指标", "Take the plan under the cursor into the scenario; in the list of metrics, choose one"]),
    row("seek-next", &["Tab"], Context::Seek).runs(seek::next).in_footer()
        .says(["下一栏", "next part"], ["指标、目标值、杠杆、方案", "Metric, value, levers, plans"]),
    row("seek-previous", &["S-Tab"], Context::Seek).runs(seek::previous)
        .says(["上一栏", "part before"], ["上一栏", "The part before"]),
    row("seek-down", &["Down"], Context::Seek).runs(seek::down)
        .says(["下移", "down"], ["下一行；输入目标值时为下一个方案", "Next row; while a value is typed, the next plan"]),
    row("seek-up", &["Up"], Context::Seek).runs(seek::up)
        .says(["上移", "up"], ["上一行", "The row before"]),
    row("seek-page-down", &["PgDn"], Context::Seek).runs(seek::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("seek-page-up", &["PgUp"], Context::Seek).runs(seek::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("seek-close", &["Esc"], Context::Seek).runs(seek::close).in_footer()
        .says(["关闭", "close"], ["关闭，一切照旧", "Close; everything stays as it was"]),
    row("seek-toggle", &["Space"], Context::SeekList).runs(seek::toggle).when(seek::has_lever).in_footer()
        .says(["选中", "toggle"], ["选中或取消杠杆", "The lever may move, or not"]),
    row("seek-cost", &["c", "="], Context::SeekList).runs(seek::type_cost).when(seek::has_lever).in_footer()
        .says(["成本", "cost"], ["输入该杠杆的每步成本", "Type what a step of the lever costs"]),
    row("seek-row-down", &["j"], Context::SeekList).runs(seek::down)
        .says(["下移", "down"], ["下一行", "Next row"]),
    row("seek-row-up", &["k"], Context::SeekList).runs(seek::up)
        .says(["上移", "up"], ["上一行", "The row before"]),
    row("seek-first", &["Home"], Context::SeekList).runs(seek::first)
        .says(["首行", "first"], ["第一行", "First row"]),
    row("seek-last", &["G", "End"], Context::SeekList).runs(seek::last)
        .says(["末行", "last"], ["最后一行", "Last row"]),
    row("seek-cost-accept", &["Enter"], Context::SeekCost).runs(seek::accept_cost).in_footer()
        .says(["确定", "accept"], ["采用成本，留空则为 1", "Take the cost; empty means 1"]),
    row("seek-cost-leave", &["Esc"], Context::SeekCost).runs(seek::leave_cost).in_footer()
        .says(["取消", "cancel"], ["放弃输入", "Leave the cost as it was"]),
    // slice picker
    row("picker-toggle", &["Space"], Context::Picker).runs(picker::toggle).when(picker::has_value).in_footer()
        .says(["选中", "toggle"], ["选中或取消光标所在的值，数字立即重算", "Take the value in or out; numbers follow at once"]),
    row("picker-negate", &["!"], Context::Picker).runs(picker::negate).when(picker::has_value).in_footer()
        .says(["排除", "exclude"], ["在“包含”与“排除”之间切换", "Switch between including and excluding"]),
    row("picker-scope", &["Ctrl-s"], Context::Picker).runs(picker::scope).when(picker::can_scope).in_footer()
        .says(["口径", "scope"], ["触点类维度：按人筛选，或仅用这些行为重算状态", "Touch dimensions: filter consumers, or recompute states from these events only"]),
    row("picker-effect", &["Ctrl-o"], Context::Picker).runs(picker::next_effect).when(picker::has_value).in_footer()
        .says(["换指标", "figure"], ["换一个指标：各值旁显示选中后它会怎样变化", "Tell what each value would do to the next figure of the pane"]),
    row("picker-down", &["Down", "Ctrl-n"], Context::Picker).runs(picker::down)
        .says(["下移", "down"], ["下一个值", "Next value"]),
    row("picker-up", &["Up", "Ctrl-p"], Context::Picker).runs(picker::up)
        .says(["上移", "up"], ["上一个值", "Previous value"]),
    row("picker-page-down", &["PgDn"], Context::Picker).runs(picker::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page of values down"]),
    row("picker-page-up", &["PgUp"], Context::Picker).runs(picker::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page of values up"]),
    row("picker-next", &["Tab", "Right"], Context::Picker).runs(picker::next_dimension).in_footer()
        .says(["维度", "dimension"], ["下一个维度", "Next dimension"]),
    row("picker-previous", &["S-Tab", "Left"], Context::Picker).runs(picker::previous_dimension)
        .says(["上一维度", "previous dimension"], ["上一个维度", "Previous dimension"]),
    row("picker-apply", &["Enter"], Context::Picker).runs(picker::apply).in_footer()
        .says(["应用", "apply"], ["应用并关闭；还没有选中任何值时，取光标所在的值", "Keep the slice and close; where nothing was chosen yet, take the value under the cursor"]),
    row("picker-cancel", &["Esc"], Context::Picker).runs(picker::cancel).in_footer()
        .says(["还原", "cancel"], ["还原为打开前的切片", "Go back to the slice as it was"]),
    // brand filter
    row("filter-apply", &["Enter"], Context::Filter).runs(brand::filter_apply).in_footer()
        .says(["保留", "keep"], ["保留过滤并回到表格", "Keep the filter and return to the table"]),
    row("filter-cancel", &["Esc"], Context::Filter).runs(brand::filter_cancel).in_footer()
        .says(["还原", "cancel"], ["还原为打开前的过滤", "Go back to the filter as it was"]),
    row("filter-down", &["Down"], Context::Filter).runs(cursor::down)
        .says(["下移", "down"], ["光标下移一行", "Cursor down"]),
    row("filter-up", &["Up"], Context::Filter).runs(cursor::up)
        .says(["上移", "up"], ["光标上移一行", "Cursor up"]),
    // text fields
    row("text-backspace", &["Backspace", "Ctrl-h"], Context::Text).runs(field::backspace)
        .says(["退格", "backspace"], ["删除光标前的字符", "Delete the character before the caret"]),
    row("text-delete", &["Delete", "Ctrl-d"], Context::Text).runs(field::delete)
        .says(["删除", "delete"], ["删除光标处的字符", "Delete the character at the caret"]),
    row("text-left", &["Left", "Ctrl-b"], Context::Text).runs(field::left)
        .says(["左移", "left"], ["光标左移", "Caret left"]),
    row("text-right", &["Right", "Ctrl-f"], Context::Text).runs(field::right)
        .says(["右移", "right"], ["光标右移", "Caret right"]),
    row("text-start", &["Home", "Ctrl-a"], Context::Text).runs(field::start)
        .says(["行首", "start"], ["光标移到开头", "Caret to the start"]),
    row("text-end", &["End", "Ctrl-e"], Context::Text).runs(field::end)
        .says(["行尾", "end"], ["光标移到末尾", "Caret to the end"]),
    row("text-clear", &["Ctrl-u"], Context::Text).runs(field::clear)
        .says(["清空", "clear"], ["清空输入", "Empty the field"]),
    row("text-word", &["Ctrl-w"], Context::Text).runs(field::delete_word)
        .says(["删词", "delete word"], ["删除光标前的词", "Delete the word before the caret"]),
    // help and problems
    row("reader-down", &["j", "Down"], Context::Reader).runs(reader::down).in_footer()
        .says(["下移", "down"], ["向下滚动一行", "A line down"]),
    row("reader-up", &["k", "Up"], Context::Reader).runs(reader::up).in_footer()
        .says(["上移", "up"], ["向上滚动一行", "A line up"]),
    row("reader-page-down", &["PgDn", "Space", "Ctrl-f"], Context::Reader).runs(reader::page_down)
        .says(["下翻页", "page down"], ["向下翻一页", "A page down"]),
    row("reader-page-up", &["PgUp", "Ctrl-b"], Context::Reader).runs(reader::page_up)
        .says(["上翻页", "page up"], ["向上翻一页", "A page up"]),
    row("reader-first", &["g", "Home"], Context::Reader).runs(reader::first)
        .says(["开头", "start"], ["回到开头", "To the start"]),
    row("reader-last", &["G", "End"], Context::Reader).runs(reader::last)
        .says(["末尾", "end"], ["跳到末尾", "To the end"]),
    row("reader-close", &["Esc", "q", "Enter"], Context::Reader).runs(reader::close).in_footer()
        .says(["关闭", "close"], ["关闭", "Close"]),
    // anywhere
    row("suspend", &["Ctrl-z"], Context::Always).runs(look::suspend)
        .says(["挂起", "suspend"], ["挂起到后台，fg 返回", "Suspend; fg comes back"]),
    row("quit-now", &["Ctrl-c"], Context::Always).runs(look::quit)
        .says(["退出", "quit"], ["立即退出", "Quit at once"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Keymap, Preset, Sequence};
    use std::collections::HashSet;

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = COMMANDS.iter().map(|c| c.id).collect();
        assert_eq!(ids.len(), COMMANDS.len());
    }

    #[test]
    fn every_key_reads_and_prints_the_same() {
        for c in COMMANDS {
            assert!(!c.keys.is_empty(), "{} has no key", c.id);
            for text in c.keys {
                let key = Sequence::parse(text).unwrap_or_else(|| panic!("{}: `{text}`", c.id));
                assert_eq!(key.to_string(), *text, "{}", c.id);
            }
        }
    }

    /// Sequences with their commands where these contexts listen.
    fn heard(keymap: &Keymap, listening: &[Context]) -> Vec<(Sequence, &'static str)> {
        COMMANDS
            .iter()
            .filter(|c| listening.contains(&c.context))
            .flat_map(|c| keymap.keys_of(c.id).iter().map(|s| (s.clone(), c.id)))
            .collect()
    }

    fn assert_apart(keymap: &Keymap, listening: &[Context]) {
        let all = heard(keymap, listening);
        for (n, (sequence, id)) in all.iter().enumerate() {
            for (other, rival) in &all[n + 1..] {
                assert!(
                    !sequence.collides(other),
                    "{listening:?}: `{sequence}` of {id}, `{other}` of {rival}"
                );
            }
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for keymap in Preset::ALL.map(Keymap::preset) {
            for context in Context::ALL {
                assert_apart(&keymap, &[context]);
            }
        }
    }

    #[test]
    fn contexts_that_listen_together_shadow_no_key_but_where_it_is_meant() {
        let mut state = State::default();
        for keymap in Preset::ALL.map(Keymap::preset) {
            for pane in Pane::ALL {
                state.pane = pane;
                assert_apart(&keymap, contexts(&state));
            }
        }
    }

    #[test]
    fn every_preset_reaches_what_the_table_reaches() {
        for (preset, keymap) in Preset::ALL.map(|p| (p, Keymap::preset(p))) {
            for c in COMMANDS {
                // Letters that only repeat an arrow are gone with the arrows preset.
                let again = ["seek-row-down", "seek-row-up"].contains(&c.id);
                let without = preset == Preset::Arrows && again;
                assert_eq!(
                    keymap.keys_of(c.id).is_empty(),
                    c.keys.is_empty() || without,
                    "{preset:?}: {}",
                    c.id
                );
                for sequence in keymap.keys_of(c.id) {
                    assert_eq!(keymap.reached(&[c.context], sequence), Some(c.id));
                }
            }
        }
    }

    #[test]
    fn contexts_have_names() {
        for context in Context::ALL {
            assert_eq!(Context::by_id(context.id()), Some(context));
        }
        assert_eq!(Context::by_id("globl"), None);
    }

    #[test]
    fn contexts_with_a_text_field_know_it() {
        let mut state = State::default();
        for overlay in [
            Overlay::Filter {
                text: String::new(),
                caret: 0,
            },
            Overlay::Picker(crate::app::Picker::default()),
            Overlay::Naming(crate::app::Naming::default()),
            Overlay::Seek(Box::default()),
        ] {
            state.overlay = Some(overlay);
            assert!(contexts(&state).iter().all(|c| c.has_text()));
        }
        assert!(!Context::Global.has_text() && !Context::SeekList.has_text());
    }

    #[test]
    fn both_languages_are_there() {
        for c in COMMANDS {
            for text in c.title.iter().chain(&c.help) {
                assert!(!text.trim().is_empty(), "{}", c.id);
            }
            let chinese = |t: &str| t.chars().any(|x| ('\u{4e00}'..='\u{9fff}').contains(&x));
            assert!(chinese(c.help[0]), "{}: {}", c.id, c.help[0]);
            assert!(c.help[1].is_ascii(), "{}: {}", c.id, c.help[1]);
        }
        for context in Context::ALL {
            assert!(context.title().iter().all(|t| !t.is_empty()));
            assert!(COMMANDS.iter().any(|c| c.context == context), "{context:?}");
        }
    }

    #[test]
    fn nothing_essential_hides_behind_alt_or_function_keys() {
        for c in COMMANDS {
            for key in c.keys {
                assert!(
                    !key.contains("Alt") && !key.starts_with('F'),
                    "{}: {key}",
                    c.id
                );
            }
        }
    }
}
