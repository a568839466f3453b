//! State of the tour of the first run: four steps that name the keys to begin with.
//!
//! The steps name commands, never keys: what is pressed for them is in the table of commands.

/// Where the tour is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tour {
    /// The step, an index into [`STEPS`].
    pub step: usize,
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// What it is about, in Chinese and English.
    pub title: [&'static str; 2],
    /// What there is to know, in Chinese and English.
    pub text: [&'static str; 2],
    /// Ids of the commands that it names.
    pub commands: &'static [&'static str],
}

/// The steps, in their order.
pub const STEPS: [Step; 4] = [
    Step {
        title: ["看到的是什么", "What you see"],
        text: [
            "这是虚构品牌的模拟数据。上方一行写明品牌、日期、对比与切片；每个数字都与一周前比较。每个看板讲一个问题。",
            "Simulated data of fictional brands. The line at the top names brand, day, comparison and slice; every number stands beside that of a week before. Each pane answers one question.",
        ],
        commands: &["pane-next", "brand-next", "week-back", "against"],
    },
    Step {
        title: ["切片", "Slices"],
        text: [
            "按人群、触点、城市等筛选，所有看板一起变。光标移到一个值上，就先看到选中它之后的数字；空格多选，回车生效。",
            "Choose crowds, channels, cities and more, and every pane follows. In the picker the numbers say beforehand what the value under the cursor would do; Space marks values and Enter takes them.",
        ],
        commands: &["slice", "slice-clear", "undo"],
    },
    Step {
        title: ["假设", "What if"],
        text: [
            "改一个杠杆，所有数字立即重算，原来的数字留在旁边；也可以给出目标，反推要动多少。数据本身从不改动。",
            "Change one lever and every number follows, with the old one beside it; or name a goal and see what it takes. The data itself is never changed.",
        ],
        commands: &["levers", "seek", "pane-scenarios"],
    },
    Step {
        title: ["带走，和找到其余的", "Take it with you, find the rest"],
        text: [
            "截图底部写明口径与复现命令，可直接放进复盘。自己的数据：fastdeck new 文件夹，填表，再用 fastdeck 文件夹 打开。",
            "Pictures say which numbers they show and how to make them again. Your own data: fastdeck new FOLDER, fill the tables, open it with fastdeck FOLDER.",
        ],
        commands: &["capture-screen", "review", "palette", "help", "quit"],
    },
];
