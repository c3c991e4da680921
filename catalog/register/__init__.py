"""The KI-Transparenzregister: entries, their legal assessment, and the law as data."""
