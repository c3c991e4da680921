"""publiccode.yml: checked, read, brought to version 0.7, written.

Source of every rule: the standard, https://yml.publiccode.tools (CC0), and where it leaves a case
open the behaviour of its reference parser, italia/publiccode-parser-go. What the standard says is
data: ``standard.yaml``.

- ``standard``: the fields and lists of the standard,
- ``checking``: a text and its problems with line and column,
- ``values``: rules for single values,
- ``upgrading``: any version to 0.7, with a note for each change,
- ``writing``: version 0.7 as YAML,
- ``reading``: files to rows of an import,
- ``record``: our record as a publiccode document.
"""

from marketplace.formats.publiccode.reading import read

__all__ = ["read"]
