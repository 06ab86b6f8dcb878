import datetime
import unittest
import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NotRequired, Optional, TypedDict, Union

from tasker_sdk import Failure
from tasker_sdk.types import read, schema_of, write


class Kind(Enum):
    CARD = "card"
    CASH = "cash"


@dataclass
class Tree:
    """A tree."""

    name: str
    children: list["Tree"] = field(default_factory=list)


class Options(TypedDict):
    kind: Kind
    limit: NotRequired[int]


@dataclass
class Everything:
    number: float
    pair: tuple[str, int]
    at: datetime.datetime
    id: uuid.UUID
    kinds: list[Kind]
    by_name: dict[str, int]
    one_of: Union[str, Tree]
    options: Options
    word: Literal["a", 1]
    note: Optional[str] = None
    anything: Any = None


TEXT = """{"number": 1, "pair": ["a", 2], "at": "2026-01-31T12:00:00Z", "id": "00000000-0000-7000-8000-000000000000",
 "kinds": ["card"], "by_name": {"x": 1}, "one_of": {"name": "root"}, "options": {"kind": "cash"}, "word": 1}"""


class TypesTest(unittest.TestCase):
    def failure(self, text: str, kind: Any) -> str:
        with self.assertRaises(Failure) as raised:
            read("input", text, kind)
        self.assertEqual((raised.exception.code, raised.exception.retry), ("invalid_input", "never"))
        return raised.exception.message

    def test_json_becomes_the_type_and_back(self) -> None:
        value = read("input", TEXT, Everything)
        self.assertEqual((value.number, value.pair, value.kinds), (1.0, ("a", 2), [Kind.CARD]))
        self.assertEqual(value.at, datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc))
        self.assertEqual((value.one_of, value.options), (Tree("root"), {"kind": Kind.CASH}))
        again = read("input", write("result", value), Everything)
        self.assertEqual(again, value)

    def test_what_does_not_fit_is_reported_with_its_path(self) -> None:
        self.assertEqual(
            self.failure('{"name": "a", "children": [{"name": 1}]}', Tree),
            "the input is wrong at `children[0].name`: expected a string, found an integer (1)",
        )
        self.assertEqual(self.failure('{"children": []}', Tree), "the input is wrong: `name` is missing")
        self.assertEqual(self.failure("true", int), "the input is wrong: expected an integer, found a boolean (true)")
        self.assertEqual(self.failure('"x"', Kind), 'the input is wrong: expected "card" or "cash", found a string ("x")')
        self.assertEqual(self.failure('["a"]', tuple[str, int]), "the input is wrong: expected 2 items, found 1")
        self.assertEqual(self.failure("1", Union[str, None]), "the input is wrong: expected a string or null, found an integer (1)")
        self.assertTrue(self.failure("{", Any).startswith("the input is no JSON: "))

    def test_what_json_cannot_say_is_refused(self) -> None:
        for value in (float("nan"), object(), {1, "a"}):
            with self.assertRaises(Failure) as raised:
                write("result", value)
            self.assertEqual(raised.exception.code, "invalid_result")

    def test_a_type_is_its_schema(self) -> None:
        tree = schema_of(Tree)
        self.assertEqual(tree["$ref"], "#/$defs/Tree")
        self.assertEqual(tree["$defs"]["Tree"]["description"], "A tree.")
        self.assertEqual(tree["$defs"]["Tree"]["required"], ["name"])
        options = schema_of(Options)
        self.assertEqual((options["required"], options["properties"]["kind"]), (["kind"], {"enum": ["card", "cash"]}))
        everything = schema_of(Everything)
        self.assertEqual(everything["properties"]["note"], {"type": ["string", "null"]})
        self.assertEqual(everything["properties"]["at"], {"type": "string", "format": "date-time"})
        self.assertEqual(everything["properties"]["anything"], True)
        self.assertNotIn("note", everything["required"])
        with self.assertRaises(TypeError):
            schema_of(bytes)
