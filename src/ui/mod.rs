//! View models → ratatui `Buffer`. Drawing reads models and a theme, and nothing else.
