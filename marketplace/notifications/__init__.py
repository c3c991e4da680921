"""Notices: what happened that somebody wants or has to know, on the site and by e-mail.

``events`` names what can happen, ``preferences`` what each person wants to hear of it, ``notices``
keeps what was told. ``following`` reads the change feed, ``digests`` writes the mails, ``working``
runs both.
"""
