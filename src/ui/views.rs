//! Draws the list of saved views.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::overlay::field;
use super::theme::Theme;
use crate::view::text::width;
use crate::view::views::ViewsModel;

/// Draws it; gives the place of the caret, if a name is typed.
pub fn render(
    model: &ViewsModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let typed = u16::from(model.field.is_some());
    let high = (model.rows.len().max(1) as u16 + 2).saturating_add(typed * 2);
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    let inner = draw::overlay(buf, draw::centered(area, 100, high), caption, theme);
    let mut list = inner;
    let mut caret = None;
    if let Some(name) = &model.field {
        caret = field(name, theme, draw::row(inner, 0), buf);
        let rest = inner.height.saturating_sub(2);
        list = draw::rows(inner, 2, rest);
    }
    if model.rows.is_empty() && model.field.is_none() {
        draw::put_center(buf, draw::row(list, 0), &model.empty, theme.muted);
    }
    let names = model.rows.iter().map(|[_, name, _]| width(name));
    let wide = (names.max().unwrap_or(0) as u16).min(list.width / 2);
    let high = usize::from(list.height).max(1);
    let top = model.cursor.saturating_sub(high - 1);
    for (y, (at, [digit, name, shows])) in
        (0..list.height).zip(model.rows.iter().enumerate().skip(top))
    {
        let row = draw::row(list, y);
        draw::put(buf, draw::columns(row, 1, 2), digit, theme.key);
        draw::put(buf, draw::columns(row, 4, wide), name, theme.strong);
        draw::put(
            buf,
            draw::columns(row, wide + 6, row.width),
            shows,
            theme.muted,
        );
        if at == model.cursor && model.field.is_none() {
            draw::restyle(buf, row, theme.selection);
        }
    }
    caret
}
