"""One remark of a check, whatever was checked: licence, publiccode.yml or interface."""

from typing import Annotated

from msgspec import Meta, Struct


class CheckProblem(Struct, frozen=True):
    """One remark of a check."""

    severity: Annotated[str, Meta(description="refusal, error or warning.")]
    rule: Annotated[str, Meta(examples=["license.deprecated"])]
    pointer: Annotated[
        str, Meta(description="JSON Pointer (RFC 6901) to the value; empty for the whole.")
    ]
    line: Annotated[int, Meta(description="From 1; 0 if the place is not known.")]
    column: Annotated[int, Meta(description="From 1; 0 if the place is not known.")]
    message: str
    proposals: list[str] = []
