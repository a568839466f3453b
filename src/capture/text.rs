//! A frame as plain text.

use ratatui::buffer::Buffer;

use super::spots;

/// The frame as lines of text without trailing blanks, each ended by a newline.
pub fn text(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buf.area.height {
        let line: String = spots(buf, y).iter().map(|s| s.symbol.as_ref()).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn wide_characters_take_their_two_columns_once() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 2));
        crate::ui::draw::put(
            &mut buf,
            Rect::new(1, 0, 7, 1),
            "橡木 1",
            ratatui::style::Style::new(),
        );
        assert_eq!(text(&buf), " 橡木 1\n\n");
    }
}
