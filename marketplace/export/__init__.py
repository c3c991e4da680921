"""Everything can leave: lists, feeds, the full dump, and the way back into an empty node."""
