//! Jupyter notebooks: only the sources of their cells are written by people and agents; a kernel writes the rest.
//!
//! Notebooks are saved with a value a line (`nbformat` indents by one space), so no JSON has to be parsed: a block ends at
//! the bracket with the indentation of the line that opened it.

/// Whether a path is a notebook's.
pub(super) fn is_notebook(path: &[u8]) -> bool {
    path.ends_with(b".ipynb")
}

/// By line of a notebook: whether it is source.
pub(super) fn source_lines<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<bool> {
    /// The list that a line is in.
    #[derive(Clone, Copy)]
    struct List {
        indent: usize,
        is_source: bool,
    }
    let mut inside: Option<List> = None;
    let is_source = |line: &[u8]| {
        let text = line.trim_ascii();
        let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if let Some(list) = inside {
            let ends = indent <= list.indent && text.starts_with(b"]");
            inside = inside.filter(|_| !ends);
            return list.is_source && !ends;
        }
        let Some(value) = [&b"\"source\""[..], b"\"outputs\"", b"\"attachments\"", b"\"metadata\""]
            .into_iter()
            .find_map(|key| Some((key, text.strip_prefix(key)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii())))
        else {
            return false;
        };
        let (key, value) = value;
        let of_source = key == b"\"source\"";
        if value == b"[" {
            inside = Some(List { indent, is_source: of_source });
        }
        // A cell of one line may be a text instead of a list.
        of_source && value.len() > 2 && value.starts_with(b"\"")
    };
    lines.map(is_source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Vec<&str> {
        let marks = source_lines(text.lines().map(str::as_bytes));
        assert_eq!(marks.len(), text.lines().count());
        text.lines().zip(marks).filter(|(_, is_source)| *is_source).map(|(line, _)| line.trim()).collect()
    }

    #[test]
    fn only_lines_of_source_are_written_by_hand() {
        let text = r##"{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 7,
   "metadata": {"tags": []},
   "outputs": [
    {
     "data": {
      "text/plain": [
       "  ]\n",
       "\"source\": [\n"
      ],
      "source": [
       "not a cell's"
      ]
     },
     "output_type": "execute_result"
    }
   ],
   "source": [
    "x = [\n",
    "]\n",
    "\"outputs\": ["
   ]
  },
  {
   "cell_type": "markdown",
   "id": "abc",
   "source": "# A title"
  },
  {
   "outputs": [],
   "source": []
  },
  {
   "source": ""
  }
 ],
 "nbformat": 4
}
"##;
        assert_eq!(source(text), [r#""x = [\n","#, r#""]\n","#, r#""\"outputs\": [""#, r##""source": "# A title""##]);
    }
}
