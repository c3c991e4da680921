"""Pages of the law as data: its rules and questions, and the open questionnaire."""

from marketplace.pages.law import assessment, rules

HANDLERS = [*rules.HANDLERS, *assessment.HANDLERS]
