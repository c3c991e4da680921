"""Tests of the server need one, or a recording of one."""

from tests.marketplace.search.meilisearch.engines import IS_TESTED

collect_ignore = [] if IS_TESTED else ["test_server.py"]
