"""Measures this program: import, search engine, the served pages, and peers in the same run.

What is measured runs in a temporary folder and on the loopback address. Speeds of pages are given
as ratios to the simplest answer of the same server in the same round, because a ratio says
something on any machine.
"""
