"""The one question (``query``), the engines that answer it, and what feeds them."""
