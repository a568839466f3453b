//! Undo of everything, going deeper and back, and scenes as text, at the keyboard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::sync::Arc;

use fastdeck::app::scene::Scene;
use fastdeck::app::{
    Action, Books, COMMANDS, Context, Effect, Overlay, Pane, State, contexts, restore, settle,
    update,
};
use fastdeck::facts::Engine;
use fastdeck::scenario::Book;
use seat::{demo, frame, keys, run, sample, seated};

/// The frame without the message of the last command.
fn picture(state: &State) -> String {
    frame(&State {
        notice: None,
        ..state.clone()
    })
}

#[test]
fn five_levels_down_and_five_times_back_is_the_identical_frame() {
    for size in [(80, 24), (120, 36), (200, 60)] {
        let mut state = seated(demo(), Pane::Brands);
        state.size = size;
        keys(&mut state, "jo");
        let mut frames = vec![picture(&state)];
        for level in [
            "<Enter>",
            "<Enter>",
            "<Down><Enter>",
            "<Enter>",
            "<Down><Enter>",
            "<Enter>",
        ] {
            let moves = level.strip_suffix("<Enter>").unwrap();
            keys(&mut state, moves);
            // The cursor was moved before going on: that is where Esc comes back to.
            *frames.last_mut().unwrap() = picture(&state);
            keys(&mut state, "<Enter>");
            frames.push(picture(&state));
        }
        assert!(matches!(state.overlay, Some(Overlay::Explain(_))));
        assert_eq!(state.slice.filter.len(), 2, "{}", state.slice);
        if size.0 >= 120 {
            let way = "品牌 › FAST › 策略人群 › 精致妈妈 › 触点 › 精致妈妈 · ";
            assert!(frames[5].contains(way), "{}", frames[5]);
        }
        let distinct: std::collections::HashSet<_> = frames.iter().collect();
        assert_eq!(distinct.len(), frames.len());
        while let Some(shown) = frames.pop() {
            assert!(picture(&state) == shown, "{}\n{shown}", picture(&state));
            keys(&mut state, "<Esc>");
        }
        assert_eq!((state.pane, &state.overlay), (Pane::Brands, &None));
    }
}

#[test]
fn undo_names_what_it_took_back_and_goes_where_it_was_done() {
    let mut state = seated(demo(), Pane::Fast);
    let first = picture(&state);
    keys(&mut state, "4o[5");
    assert_eq!(state.pane, Pane::Aipl);
    keys(&mut state, "u");
    assert_eq!(state.pane, Pane::Crowds, "the day was changed there");
    let told = state.notice.clone().unwrap();
    assert!(told.zh.starts_with("已撤销：截至 20"), "{told:?}");
    keys(&mut state, "u");
    assert!(state.notice.clone().unwrap().en.starts_with("undone: sort"));
    keys(&mut state, "u");
    assert!(picture(&state) == first);
    assert_eq!(state.notice.clone().unwrap().en, "back to where it began");
    keys(&mut state, "u");
    assert_eq!(state.notice.clone().unwrap().en, "there is nothing to undo");
    keys(&mut state, "<Ctrl-r><Ctrl-r><Ctrl-r>");
    assert_eq!(state.pane, Pane::Crowds);
    assert!(state.sorting[Pane::Crowds as usize].column.is_some());
}

#[test]
fn a_choice_that_is_still_being_made_is_one_step() {
    let mut state = seated(demo(), Pane::Fast);
    let first = picture(&state);
    keys(&mut state, "/ <Down> <Down> <Enter>");
    assert_eq!(state.book.steps().0, 1);
    assert!(!state.slice.is_empty());
    keys(&mut state, "u");
    assert!(state.slice.is_empty() && picture(&state) == first);
    // One that is taken back in the picker is none.
    keys(&mut state, "/ <Down> <Esc>");
    assert_eq!(state.book.steps(), (0, 1));
}

#[test]
fn back_and_forward_go_through_places_and_leave_choices_alone() {
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, "4jj<Enter>5[");
    let day = state.as_of;
    keys(&mut state, ",");
    assert_eq!((state.pane, state.as_of), (Pane::Crowds, day));
    assert!(state.open_crowd.is_some());
    keys(&mut state, ",");
    assert!(state.open_crowd.is_none());
    keys(&mut state, ",");
    assert_eq!(state.pane, Pane::Fast);
    keys(&mut state, ",");
    assert_eq!(
        state.notice.clone().unwrap().en,
        "there is no earlier place"
    );
    keys(&mut state, "...");
    assert_eq!((state.pane, state.as_of), (Pane::Aipl, day));
}

/// A linear congruential generator: the walk is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// One random action that a user could do now. What leaves the program, or needs a shell to come to
/// an end, is left out.
fn act(state: &mut State, dice: &mut Dice) {
    let listening = contexts(state);
    if listening.contains(&Context::Text) && dice.below(3) > 0 {
        let c = ['1', '2', 'a', '%', '.', '双', ' '][dice.below(7)];
        let effects = update(state, Action::Type(c));
        settle(state, effects);
        return;
    }
    let left_out = ["quit", "quit-now", "suspend", "reload", "review"];
    let possible: Vec<_> = COMMANDS
        .iter()
        .filter(|c| listening.contains(&c.context) && !left_out.contains(&c.id))
        .collect();
    // A walk that only ever closes things sees little.
    let command = possible[dice.below(possible.len())];
    run(state, command.id);
}

fn close(state: &mut State) {
    for _ in 0..20 {
        if state.overlay.is_none() && state.deeper.is_empty() {
            return;
        }
        keys(state, "<Esc>");
    }
    panic!("{:?} does not close", state.overlay);
}

fn walk(engine: Arc<Engine>, seed: u64, steps: usize) {
    let mut state = seated(engine, Pane::Fast);
    state.size = (100, 30);
    let first = picture(&state);
    let mut dice = Dice(seed);
    for step in 0..steps {
        act(&mut state, &mut dice);
        if step % 16 == 0 {
            frame(&state);
        }
        if step % 200 == 199 {
            // What is kept reads back to the same line.
            let again = Book::parse(&state.book.text()).unwrap();
            assert_eq!(again, state.book);
            state.book = again;
        }
    }
    close(&mut state);
    let done = state.book.steps().0;
    assert!(done > steps / 40, "{done} steps only");
    for _ in 0..=done + 1 {
        run(&mut state, "undo");
    }
    assert_eq!(state.book.steps().0, 0);
    let last = picture(&state);
    assert!(last == first, "seed {seed}\n{last}\n{first}");
}

#[test]
fn two_thousand_actions_can_all_be_taken_back() {
    walk(demo(), 20_261_122, 900);
    walk(sample("guidebook"), 7, 600);
    walk(sample("double11"), 11, 500);
}

#[test]
fn a_scene_as_text_shows_the_same_frame_elsewhere() {
    let mut dice = Dice(3);
    let engine = demo();
    for _ in 0..24 {
        let mut state = seated(Arc::clone(&engine), Pane::Fast);
        for _ in 0..60 {
            act(&mut state, &mut dice);
        }
        close(&mut state);
        let text = Scene::of(&state).to_string();
        let mut other = seated(Arc::clone(&engine), Pane::Fast);
        other.size = state.size;
        let scene = Scene::parse(&text).unwrap();
        let (effects, refused) = restore(&mut other, &scene);
        assert_eq!(refused, Vec::<[String; 2]>::new(), "{text}");
        settle(&mut other, effects);
        assert_eq!(Scene::of(&other).to_string(), text);
        // Notes belong to the book, which stays where it is.
        if state.book.desk().notes.is_empty()
            && state.pane != Pane::Scenarios
            && state.book.desk().of(state.brand_id()).count() < 2
        {
            let (a, b) = (picture(&state), picture(&other));
            assert!(a == b, "{text}\n{a}\n{b}");
        }
    }
}

#[test]
fn the_next_session_begins_where_the_last_one_ended() {
    let mut state = seated(demo(), Pane::Fast);
    let effects = keys(&mut state, "4o[/ <Enter>5q");
    let shown = picture(&state);
    let book = effects.iter().rev().find_map(|e| match e {
        Effect::SaveBook(book) => Some(book.clone()),
        _ => None,
    });
    let book = Book::parse(&book.unwrap().text()).unwrap();
    for (resumes, as_before) in [(true, true), (false, false)] {
        let mut next = State {
            size: state.size,
            ..State::default()
        };
        next.journey.resumes = resumes;
        fastdeck::app::open(&mut next, demo());
        let fingerprint = next.dataset().unwrap().fingerprint.clone();
        let books = Books {
            own: Some(book.clone()),
            others: Vec::new(),
        };
        let effects = update(&mut next, Action::Books(fingerprint, books));
        settle(&mut next, effects);
        assert_eq!(picture(&next) == shown, as_before);
        keys(&mut next, "u");
        assert!(next.book.steps().1 == 1);
    }
}

#[test]
fn a_text_that_is_no_scene_is_refused_with_what_would_be_one() {
    for text in ["colour=red", "pane=fast&&nonsense"] {
        let [zh, en] = Scene::parse(text).unwrap_err();
        assert!(
            zh.contains("应为 brand") && en.contains("expected one of brand"),
            "{en}"
        );
    }
    let mut state = seated(demo(), Pane::Fast);
    for (text, said) in [
        ("brand=nobody", "a brand of the data, found `nobody`"),
        ("pane=moon", "a pane, found `moon`"),
        ("as-of=yesterday", "a day YYYY-MM-DD, found `yesterday`"),
        ("why=view:sideways", "choices of the why pane"),
        ("rows=fast:x", "pane:row"),
        ("what-if=fast.f", "expected"),
    ] {
        let (_, refused) = restore(&mut state, &Scene::parse(text).unwrap());
        assert!(refused[0][1].contains(said), "{refused:?}");
    }
}

/// Views: saved on a digit, opened from elsewhere, deleted and brought back.
#[test]
fn a_saved_view_shows_the_same_frame_again() {
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, "4oj[/ <Enter>");
    let shown = picture(&state);
    keys(&mut state, "\"<Ctrl-u>周会 人群<Enter>");
    assert_eq!(
        state.notice.clone().unwrap().zh,
        "已保存视图 1：周会 人群 · ' 1 打开"
    );
    keys(&mut state, "x5b]]");
    assert!(picture(&state) != shown);
    keys(&mut state, "'1");
    assert!(picture(&state) == shown, "{}", picture(&state));
    keys(&mut state, "'2");
    assert_eq!(
        state.notice.clone().unwrap().en,
        "there is no view here yet"
    );
    assert!(frame(&state).contains("周会 人群"), "{}", frame(&state));
    keys(&mut state, "d<Esc>");
    assert!(state.book.desk().views.is_empty());
    keys(&mut state, "u'<Enter>");
    assert!(picture(&state) == shown);
    // A name that is there already is replaced, a blank one refused.
    keys(&mut state, "5\"<Ctrl-u>周会 人群<Enter>");
    assert_eq!(state.book.desk().views.len(), 1);
    keys(&mut state, "\"<Ctrl-u><Enter>");
    assert_eq!(state.notice.clone().unwrap().en, "a name must not be blank");
}

#[test]
fn the_state_goes_to_the_clipboard_with_two_keys() {
    let mut state = seated(demo(), Pane::Crowds);
    let effects = keys(&mut state, "ys");
    assert!(effects.contains(&Effect::Copy(fastdeck::app::Copied::State)));
    let text = Scene::portable(&state).to_string();
    assert!(text.ends_with("&lang=zh&theme=dark&size=140x40"), "{text}");
    assert_eq!(Scene::parse(&text).unwrap(), Scene::portable(&state));
}
