"""What a licence is called, what it permits and demands, and what stands against what.

Licences are SPDX expressions. What is known of them is data with sources, in the YAML files of this
package; the modules read it:

- ``known``: licences and their terms,
- ``spelling``: from what people write to an SPDX id,
- ``checking``: an expression, its parts and its problems,
- ``answers``: six questions of a municipality, answered for an expression,
- ``compatibility``: a part beside another, a dependency inside a work.

All of it informs and is no legal advice ("Keine Rechtsberatung").
"""

from catalog.licenses.classes import license_class

__all__ = ["license_class"]
