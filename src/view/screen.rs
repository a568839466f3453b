//! The whole screen as plain text and numbers: what `ui` needs, and nothing that it has to ask.

use super::aipl::AiplModel;
use super::beside::{self, BesideModel};
use super::brands::BrandsModel;
use super::caption::caption;
use super::crowds::CrowdsModel;
use super::fast::FastModel;
use super::fast_plus::FastPlusModel;
use super::gmv::GmvModel;
use super::header::{self, Footer, Header, SliceItem, Tab};
use super::list::ListModel;
use super::outlook::OutlookModel;
use super::overlay::OverlayModel;
use super::presenter::{self, PresenterModel};
use super::scenarios::ScenariosModel;
use super::text::pick;
use super::which_key::{self, WhichKeyModel};
use super::why::WhyModel;
use super::{
    aipl, brands, crowds, fast, fast_plus, gmv, list, notes, outlook, overlay, scenarios, why,
};
use crate::app::layout::Frame;
use crate::app::{Pane, Phase, Shot, State, ThemeName};

/// Below this many columns or rows there is no room for panes: a list of metrics is shown.
const LIST: (u16, u16) = (40, 10);

/// The screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Brand and data set.
    pub header: Header,
    /// The panes.
    pub tabs: Vec<Tab>,
    /// Which numbers these are.
    pub slice_bar: Vec<SliceItem>,
    /// What the program is doing while numbers are old.
    pub working: Option<String>,
    /// The numbers belong to an older query.
    pub stale: bool,
    /// The pane shown.
    pub pane: PaneModel,
    /// The pane has the screen, but for the footer.
    pub alone: bool,
    /// What stands beside the pane.
    pub beside: Option<Box<BesideModel>>,
    /// What lies over the pane.
    pub overlay: Option<OverlayModel>,
    /// What can follow the keys of a sequence that has begun.
    pub which_key: Option<WhichKeyModel>,
    /// What a picture says about itself, in the place of keys and messages; empty on a terminal.
    pub caption: Vec<String>,
    /// The notes of what is shown, each on one line.
    pub notes: Vec<String>,
    /// Keys and messages.
    pub footer: Footer,
    /// The theme.
    pub theme: ThemeName,
}

/// The pane shown.
#[derive(Debug, Clone, PartialEq)]
pub enum PaneModel {
    /// All brands.
    Brands(BrandsModel),
    /// FAST of the brand.
    Fast(FastModel),
    /// FAST+ of the brand.
    FastPlus(FastPlusModel),
    /// Strategy crowds of the brand.
    Crowds(CrowdsModel),
    /// AIPL of the brand.
    Aipl(Box<AiplModel>),
    /// GMV workbench of the brand.
    Gmv(Box<GmvModel>),
    /// Scenarios side by side.
    Scenarios(Box<ScenariosModel>),
    /// Attribution and sensitivity.
    Why(Box<WhyModel>),
    /// Projection of the weekly flow.
    Outlook(Box<OutlookModel>),
    /// Headline figures in big digits.
    Presenter(Box<PresenterModel>),
    /// Metrics one below the other, for a small terminal.
    List(ListModel),
    /// Nothing to show, and why.
    Empty(String),
}

/// The screen of a state.
pub fn screen(state: &State) -> Screen {
    Screen {
        header: header::header(state),
        tabs: header::tabs(state),
        slice_bar: header::slice_bar(state),
        working: header::working(state),
        stale: state.stale,
        pane: main_pane(state),
        alone: state.layout.frame != Frame::Whole,
        beside: beside(state).map(Box::new),
        overlay: overlay::model(state),
        which_key: which_key::model(state),
        caption: Vec::new(),
        notes: notes::strip(state),
        footer: header::footer(state),
        theme: state.theme,
    }
}

/// The screen of a state as a picture shows it: with a caption, without keys and messages.
pub fn picture(state: &State, shot: Shot) -> Screen {
    let columns = usize::from(state.size.0).saturating_sub(2);
    let overlay = match shot {
        Shot::Screen => overlay::model(state),
        Shot::Pane => None,
    };
    Screen {
        caption: caption(state, shot, columns),
        footer: Footer::default(),
        overlay,
        ..screen(state)
    }
}

/// The pane that the user drives, or its figures in big digits.
fn main_pane(state: &State) -> PaneModel {
    if state.layout.frame == Frame::Presenter && header::board(state).is_some() {
        return PaneModel::Presenter(Box::new(presenter::model(state)));
    }
    pane(state)
}

/// Two panes share the whole frame only, and only where there is room for panes.
fn beside(state: &State) -> Option<BesideModel> {
    let room = state.size.0 >= LIST.0 && state.size.1 >= LIST.1;
    let shown = room && state.layout.frame == Frame::Whole && header::board(state).is_some();
    shown.then(|| beside::model(state))?
}

/// The pane of a state.
pub(super) fn pane(state: &State) -> PaneModel {
    if header::board(state).is_none() {
        return PaneModel::Empty(nothing(state));
    }
    if state.size.0 < LIST.0 || state.size.1 < LIST.1 {
        return PaneModel::List(list::model(state));
    }
    let empty = || PaneModel::Empty(nothing(state));
    match state.pane {
        Pane::Brands => PaneModel::Brands(brands::model(state)),
        Pane::Fast => fast::model(state).map_or_else(empty, PaneModel::Fast),
        Pane::FastPlus => fast_plus::model(state).map_or_else(empty, PaneModel::FastPlus),
        Pane::Crowds => PaneModel::Crowds(crowds::model(state)),
        Pane::Aipl => PaneModel::Aipl(Box::new(aipl::model(state))),
        Pane::Gmv => PaneModel::Gmv(Box::new(gmv::model(state))),
        Pane::Scenarios => PaneModel::Scenarios(Box::new(scenarios::model(state))),
        Pane::Why => PaneModel::Why(Box::new(why::model(state))),
        Pane::Outlook => PaneModel::Outlook(Box::new(outlook::model(state))),
    }
}

/// Why there is nothing to show.
fn nothing(state: &State) -> String {
    let (zh, en) = match (&state.phase, state.stale || state.loading.is_some()) {
        (_, true) => ("正在准备数据…", "getting the data ready…"),
        (Phase::Failed(_), _) => ("数据没有载入", "the data was not loaded"),
        (Phase::Empty, _) => ("还没有数据", "there is no data yet"),
        (Phase::Ready(_), _) => ("这个品牌没有数据", "there is no data for this brand"),
    };
    pick(state.language, zh, en).to_owned()
}
