"""The domain: what exists, who answers for it, what changed.

Read it in this order, which is also the direction of its imports::

    database, errors          rows, sessions, the four families of refusal
    permissions               the Actor and the questions it answers
    changes, slugs, facts     the feed, addresses for people, the three states of a fact
    taxonomy                  code lists with German and English labels
    municipalities            the official register of places
    organizations, people     legal bodies, persons and their memberships
    records                   the documents that describe a solution
    solutions, releases       what can be reused, and its dated versions
    adoptions                 who uses what
    provenance, nodes         where a record came from, and whose node this is
"""
