//! Tables → bytes: JSON, CSV and aligned text of a board.
