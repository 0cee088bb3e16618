"""JSON Schemas (2020-12) of what is taken and sent, made from the very types that take and send it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]


class Schemas:
    """Schemas of types; `definitions` holds those with a name, which the others refer to by the template.

    A type is `taken` by whoever reads it from a client, and `sent` by whoever writes it.
    """

    def __init__(self, *, taken: Iterable[Any] = (), sent: Iterable[Any] = (), template: str) -> None:
        inputs: list[tuple[Any, Mode, TypeAdapter[Any]]] = [
            *((said, "validation", TypeAdapter(said)) for said in dict.fromkeys(taken)),
            *((said, "serialization", TypeAdapter(said)) for said in dict.fromkeys(sent)),
        ]
        found, document = TypeAdapter.json_schemas(inputs, schema_generator=_Generator, ref_template=template)
        self._found = {key: _tidy(schema) for key, schema in found.items()}
        self.definitions: dict[str, Schema] = _tidy(document.get("$defs", {}))

    def taken(self, said: Any) -> Schema:  # noqa: ANN401 - a type form
        return dict(self._found[said, "validation"])

    def sent(self, said: Any) -> Schema:  # noqa: ANN401 - a type form
        return dict(self._found[said, "serialization"])


def schema_of(said: Any, mode: Mode) -> Schema:  # noqa: ANN401 - a type form
    """One schema that needs no other document."""
    schema: Schema = _tidy(TypeAdapter(said).json_schema(mode=mode, schema_generator=_Generator))
    return schema


class _Generator(GenerateJsonSchema):
    """Without titles that repeat a field's name; amounts are numbers."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        return self.float_schema(core_schema.float_schema(ge=_float(schema.get("ge")), le=_float(schema.get("le"))))

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Schema:
        """A field of a single value is how a command is told from others: it has to be there."""
        said = super().dataclass_schema(schema)
        for name, field in said.get("properties", {}).items():
            if "const" in field:
                del field["default"]
                said["required"] = [name, *said.get("required", ())]
        return said


def _tidy(said: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without what JSON Schema does not know: bounds of times, which pydantic puts there under Python's names."""
    if isinstance(said, dict):
        return {name: _tidy(value) for name, value in said.items() if name not in ("ge", "lt")}
    return [_tidy(member) for member in said] if isinstance(said, list) else said


def _float(limit: Decimal | None) -> float | None:
    return None if limit is None else float(limit)
