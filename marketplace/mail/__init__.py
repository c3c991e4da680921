"""E-mail: letters are written, kept in the outbox with the act that causes them, and delivered."""
